import { type Html, html } from './html.ts';

export const DOCUMENTATION_PATH = '/docs';
export const ALERTS_PATH = '/alerts';
export const STYLESHEET_PATH = '/assets/style.css';
export const SCRIPT_PATH = '/assets/live.js';
export const ICON_PATH = '/assets/icon.svg';

interface PageFrame {
  readonly title: string;
  /** How many alerts fire: the title and the icon tell it, so that a tab in the background does. */
  readonly firing: number;
}

/** A whole page. In a browser that runs scripts, elements with an id and `data-live` are kept up to date. */
export function page({ title, firing }: PageFrame, content: Html): string {
  const alerts = firing === 0 ? html`Alerts` : html`Alerts <span class="number">${firing}</span>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${firing === 0 ? title : `(${firing}) ${title}`}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="${firing === 0 ? ICON_PATH : `${ICON_PATH}?firing=${firing}`}" type="image/svg+xml">
<link rel="stylesheet" href="${STYLESHEET_PATH}">
<script src="${SCRIPT_PATH}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<a class="home" href="/">modelarts-exporter</a>
<nav id="navigation" data-live aria-label="Exporter">
<a href="${ALERTS_PATH}">${alerts}</a>
<a href="${DOCUMENTATION_PATH}">Documentation</a>
</nav>
</header>
<main id="main" tabindex="-1">
${content}
</main>
<footer>
<p id="freshness" role="status"></p>
<nav aria-label="For machines">
<a href="/metrics">Metrics</a>
<a href="/sd">Service discovery (JSON)</a>
<a href="/api/v1/targets">Targets (JSON)</a>
<a href="/api/v1/events">Events (JSON)</a>
<a href="/api/v1/alerts">Alerts (JSON)</a>
<a href="/api/v1/status/config">Configuration (JSON)</a>
</nav>
</footer>
</body>
</html>
`.html;
}
