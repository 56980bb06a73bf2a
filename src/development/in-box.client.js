// Runs in the browser: keeps the list of messages current without losing what is selected in it.
const intervalMs = 1_000;

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main');
  const shown = document.querySelector('main');
  if (!fresh || !shown || fresh.innerHTML === shown.innerHTML) return;
  shown.replaceChildren(...fresh.childNodes);
}

async function follow() {
  // The service may be restarting; the next round tries again.
  await refresh().catch(() => {});
  setTimeout(follow, intervalMs);
}

follow();
