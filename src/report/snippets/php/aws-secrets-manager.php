<?php
// composer require aws/aws-sdk-php
require __DIR__ . '/vendor/autoload.php';

use Aws\SecretsManager\SecretsManagerClient;

// Log-in from the role that it runs as.
$client = new SecretsManagerClient(['region' => getenv('AWS_REGION'), 'version' => 'latest']);
// A key/value secret is one JSON text: json_decode(...)->FIELD.
$@camel@ = $client->getSecretValue(['SecretId' => '@slug@'])['SecretString']
    ?? throw new RuntimeException('@slug@ has no text value');
