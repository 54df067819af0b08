<?php
// Vault has no official client for PHP: one HTTP call. The path has /data/ after the mount.
$context = stream_context_create(['http' => ['header' => 'X-Vault-Token: ' . getenv('VAULT_TOKEN')]]);
$answer = file_get_contents(getenv('VAULT_ADDR') . '/v1/secret/data/@provider@', false, $context);
if ($answer === false) {
    throw new RuntimeException('Vault did not answer');
}
$@camel@ = json_decode($answer, true, 8, JSON_THROW_ON_ERROR)['data']['data']['@VAR@'] ?? null;
if ($@camel@ === null) {
    throw new RuntimeException('secret/@provider@ has no @VAR@');
}
