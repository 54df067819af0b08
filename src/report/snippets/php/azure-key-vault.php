<?php
// Azure has no official SDK for PHP: two HTTP calls, the first to the machine's managed identity.
function getJson(string $url, string $header): array
{
    $answer = file_get_contents($url, false, stream_context_create(['http' => ['header' => $header]]));
    if ($answer === false) {
        throw new RuntimeException(parse_url($url, PHP_URL_HOST) . ' did not answer');
    }
    return json_decode($answer, true, 8, JSON_THROW_ON_ERROR);
}

$identity = 'http://169.254.169.254/metadata/identity/oauth2/token'
    . '?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net';
$token = getJson($identity, 'Metadata: true')['access_token'];
// AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net
$secret = getenv('AZURE_KEYVAULT_URL') . '/secrets/@slug@?api-version=7.4';
$@camel@ = getJson($secret, "Authorization: Bearer $token")['value'];
