<?php
// -- klaviyo

function isGenuine(string $secret, array $headers, string $body): bool
{
    $want = hash_hmac('sha256', $body . $headers['Klaviyo-Timestamp'], $secret);
    return hash_equals($want, $headers['Klaviyo-Signature']);
}
// -- stripe

function isGenuine(string $secret, array $headers, string $body): bool
{
    $parts = array_map(fn ($part) => explode('=', $part, 2), explode(',', $headers['Stripe-Signature']));
    $stamps = array_filter($parts, fn ($part) => $part[0] === 't');
    $stamp = reset($stamps)[1];
    $want = hash_hmac('sha256', $stamp . '.' . $body, $secret);
    $sent = array_filter($parts, fn ($part) => $part[0] === 'v1' && hash_equals($want, $part[1]));
    return abs(time() - (int) $stamp) < 300 && $sent !== [];
}
// -- github

function isGenuine(string $secret, array $headers, string $body): bool
{
    $want = 'sha256=' . hash_hmac('sha256', $body, $secret);
    return hash_equals($want, $headers['X-Hub-Signature-256']);
}
// -- slack

function isGenuine(string $secret, array $headers, string $body): bool
{
    $stamp = $headers['X-Slack-Request-Timestamp'];
    $want = 'v0=' . hash_hmac('sha256', "v0:$stamp:$body", $secret);
    return abs(time() - (int) $stamp) < 300 && hash_equals($want, $headers['X-Slack-Signature']);
}
// -- shopify

function isGenuine(string $secret, array $headers, string $body): bool
{
    $want = base64_encode(hash_hmac('sha256', $body, $secret, true));
    return hash_equals($want, $headers['X-Shopify-Hmac-Sha256']);
}
// -- twilio

function isGenuine(string $secret, array $headers, string $url, array $form): bool
{
    ksort($form, SORT_STRING);
    foreach ($form as $name => $value) {
        $url .= $name . $value;
    }
    $want = base64_encode(hash_hmac('sha1', $url, $secret, true));
    return hash_equals($want, $headers['X-Twilio-Signature']);
}
