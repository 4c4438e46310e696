/**
 * Keeps the page up to date. While the page is visible, the script fetches it again every ten seconds and replaces
 * the parts that have changed, except those in which the reader has focused or selected something. While nobody answers,
 * the page, its title and its icon say so.
 */
export const LIVE_SCRIPT = `'use strict';
(() => {
  const INTERVAL = 10000;
  const status = document.getElementById('freshness');
  let busy = false;

  /** In UTC, as all times of the pages. */
  function timeNow() {
    return new Date().toISOString().slice(11, 19) + ' UTC';
  }

  let lastTime = timeNow();

  /** The icon of which nobody knows how many alerts fire; kept by the browser, for when nobody answers. */
  function unknownIcon() {
    const { href } = document.querySelector('link[rel=icon]');
    return href.replace(/(\\?.*)?$/, '?firing=unknown');
  }

  function keepUnknownIcon() {
    fetch(unknownIcon()).catch(() => {});
  }

  function inUse(part) {
    const selection = document.getSelection();
    return part.contains(document.activeElement)
      || (selection && !selection.isCollapsed && selection.containsNode(part, true));
  }

  /** Puts the fresh content in, and opens again what the reader had opened. */
  function replace(part, next) {
    const open = [...part.querySelectorAll('details[open][id]')].map(({ id }) => id);
    part.replaceChildren(...next.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  }

  /** The title and the icon tell how many alerts fire, for those who have the page in a tab behind others. */
  function tell(fresh) {
    document.title = fresh.title;
    const [icon, next] = [document, fresh].map((each) => each.querySelector('link[rel=icon]'));
    if (icon && next && icon.getAttribute('href') !== next.getAttribute('href')) icon.replaceWith(next);
  }

  /** What the page shows may be over by now. */
  function warn() {
    document.documentElement.classList.add('outdated');
    document.title = '(?) ' + document.title.replace(/^\\(.*?\\) /, '');
    const icon = document.querySelector('link[rel=icon]');
    if (icon.href !== unknownIcon()) icon.href = unknownIcon();
    status.textContent = 'The exporter does not answer since ' + lastTime + '; trying again.';
  }

  async function refresh() {
    if (busy || document.hidden) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(INTERVAL) });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-live]')) {
        const next = fresh.getElementById(part.id);
        if (next && !inUse(part) && next.innerHTML !== part.innerHTML) replace(part, next);
      }
      tell(fresh);
      keepUnknownIcon();
      document.documentElement.classList.remove('outdated');
      lastTime = timeNow();
      status.textContent = 'Updated ' + lastTime;
    } catch {
      warn();
    } finally {
      busy = false;
    }
  }

  keepUnknownIcon();
  setInterval(refresh, INTERVAL);
  document.addEventListener('visibilitychange', refresh);
})();
`;
