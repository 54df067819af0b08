<?php
// Read once, at start. No default: a program without its secret must not run.
$@camel@ = getenv('@VAR@');
if ($@camel@ === false || $@camel@ === '') {
    throw new RuntimeException('@VAR@ is not set');
}
