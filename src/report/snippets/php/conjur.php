<?php
// Conjur has no client for PHP: two HTTP calls.
function conjur(string $path, array $http): string
{
    $context = stream_context_create(['http' => $http]);
    $answer = file_get_contents(getenv('CONJUR_APPLIANCE_URL') . $path, false, $context);
    if ($answer === false || $answer === '') {
        throw new RuntimeException('Conjur did not answer');
    }
    return $answer;
}

$account = getenv('CONJUR_ACCOUNT');
$login = rawurlencode(getenv('CONJUR_AUTHN_LOGIN'));
// The token lives for minutes: log in again instead of keeping it.
$token = conjur("/authn/$account/$login/authenticate", [
    'method' => 'POST',
    'header' => ['Accept-Encoding: base64', 'Content-Type: text/plain'],
    'content' => getenv('CONJUR_AUTHN_API_KEY'),
]);
$@camel@ = conjur("/secrets/$account/variable/" . rawurlencode('apps/@slug@'), [
    'header' => "Authorization: Token token=\"$token\"",
]);
