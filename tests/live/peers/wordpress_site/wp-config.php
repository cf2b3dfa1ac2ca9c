<?php
// Part of Social CRM. See LICENSE file for full copyright and licensing details.
// A blog for tests only: everything that differs between two of them comes by the environment.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('BLOG_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', getenv('BLOG_ADDRESS'));
define('WP_SITEURL', getenv('BLOG_ADDRESS'));
define('WP_CONTENT_DIR', getenv('BLOG_CONTENT'));
// Application passwords without https, which a loopback address has no need of.
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
define('WP_DEBUG', false);
foreach (array('AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE') as $name) {
    define($name . '_KEY', 'only for tests ' . $name);
    define($name . '_SALT', 'only for tests, salted ' . $name);
}
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
