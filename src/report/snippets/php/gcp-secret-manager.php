<?php
// composer require google/cloud-secret-manager
require __DIR__ . '/vendor/autoload.php';

use Google\Cloud\SecretManager\V1\AccessSecretVersionRequest;
use Google\Cloud\SecretManager\V1\Client\SecretManagerServiceClient;

// Log-in by Application Default Credentials; one client a process.
$client = new SecretManagerServiceClient();
$name = sprintf('projects/%s/secrets/@slug@/versions/latest', getenv('GOOGLE_CLOUD_PROJECT'));
$version = $client->accessSecretVersion((new AccessSecretVersionRequest())->setName($name));
$@camel@ = $version->getPayload()->getData();
