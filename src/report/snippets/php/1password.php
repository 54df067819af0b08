<?php
// 1Password has no official SDK for PHP: its program op reads the value, logged in by OP_SERVICE_ACCOUNT_TOKEN.
$@camel@ = shell_exec('op read --no-newline op://Production/@slug@/credential');
if (!is_string($@camel@) || $@camel@ === '') {
    throw new RuntimeException('op did not give @slug@');
}
