// Runs in the browser: keeps the list of messages current without losing what is selected in it, and shows times
// as they are where the reader is.
const intervalMs = 1_000;

const clock = new Intl.DateTimeFormat(document.documentElement.lang === 'fa' ? 'fa-IR' : 'en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
});

function showLocalTimes() {
  for (const time of document.querySelectorAll('time'))
    time.textContent = clock.format(new Date(time.dateTime));
}

// As the service wrote it, before times are local.
let shownSource = document.querySelector('main section')?.innerHTML;

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
  if (!response.ok) return;
  const fresh = new DOMParser()
    .parseFromString(await response.text(), 'text/html')
    .querySelector('main section');
  const shown = document.querySelector('main section');
  if (!fresh || !shown || fresh.innerHTML === shownSource) return;
  shownSource = fresh.innerHTML;
  shown.replaceChildren(...fresh.childNodes);
  showLocalTimes();
}

async function follow() {
  // The service may be restarting; the next round tries again.
  await refresh().catch(() => {});
  setTimeout(follow, intervalMs);
}

showLocalTimes();
follow();
