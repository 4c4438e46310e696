import { type Html, html } from './html.ts';

export const DOCUMENTATION_PATH = '/docs';
export const STYLESHEET_PATH = '/assets/style.css';
export const SCRIPT_PATH = '/assets/live.js';
export const ICON_PATH = '/assets/icon.svg';

/** A whole page. In a browser that runs scripts, elements with an id and `data-live` are kept up to date. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="${ICON_PATH}" type="image/svg+xml">
<link rel="stylesheet" href="${STYLESHEET_PATH}">
<script src="${SCRIPT_PATH}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<a class="home" href="/">modelarts-exporter</a>
<nav aria-label="Exporter">
<a href="/metrics">Metrics</a>
<a href="/sd">Service discovery</a>
<a href="/api/v1/targets">Targets (JSON)</a>
<a href="/api/v1/events">Events (JSON)</a>
<a href="/api/v1/alerts">Alerts (JSON)</a>
<a href="/api/v1/status/config">Configuration</a>
<a href="${DOCUMENTATION_PATH}">Documentation</a>
</nav>
</header>
<main id="main" tabindex="-1">
${content}
</main>
<footer><p id="freshness" role="status"></p></footer>
</body>
</html>
`.html;
}
