<?php
// Part of Social CRM. See LICENSE file for full copyright and licensing details.
// What a web server in front of WordPress does: files and folders as they are, the rest is its.
$path = $_SERVER['DOCUMENT_ROOT'] . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file($path) || (is_dir($path) && is_file("$path/index.php") && $path !== $_SERVER['DOCUMENT_ROOT'] . '/')) {
    return false;
}
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
