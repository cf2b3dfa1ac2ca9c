<?php
// Part of Social CRM. See LICENSE file for full copyright and licensing details.
// Makes an empty database a blog with people, and prints their application passwords as JSON.
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = parse_url(getenv('BLOG_ADDRESS'), PHP_URL_HOST);
require getenv('BLOG_SITE') . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_new_blog_notification($title, $url, $user, $password) {}
wp_install('Example Shop', 'shop', 'shop@example.test', true, '', 'shop');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Europe/Belgrade');
wp_update_user(array('ID' => 1, 'display_name' => 'Example Shop'));
$people = array('shop' => 1);
foreach (array('editor' => 'Ivana Urednik', 'author' => 'Budi Santoso',
               'subscriber' => 'Ana Marković') as $role => $name) {
    $people[$role] = wp_insert_user(array(
        'user_login' => $role, 'user_pass' => $role, 'user_email' => "$role@example.test",
        'display_name' => $name, 'role' => $role));
}
$passwords = array();
foreach ($people as $login => $id) {
    $made = WP_Application_Passwords::create_new_application_password(
        $id, array('name' => 'tests'));
    $passwords[$login] = array('id' => $id, 'password' => $made[0]);
}
flush_rewrite_rules();
echo "\n", json_encode($passwords), "\n";
