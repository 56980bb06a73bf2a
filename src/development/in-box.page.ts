import { escapeHtml } from '../messaging/index.ts';
import type { InBoxMessage } from './in-box.repository.ts';

/** The in-box as a page. Its script fetches the same page again and takes over what has changed. */
export function renderInBox(messages: readonly InBoxMessage[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Messages – Savabegh</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/dev/messages.css">
<script src="/dev/messages.js" type="module"></script>
</head>
<body>
<header>
<h1>Messages</h1>
<p>What people would have received. Development only; <a href="/dev/messages.json">as JSON</a>.</p>
</header>
<main aria-live="polite">
${messages.length === 0 ? '<p class="empty">Nothing yet.</p>' : messages.map(renderMessage).join('\n')}
</main>
</body>
</html>
`;
}

function renderMessage(message: InBoxMessage): string {
  const direction = message.locale === 'fa' ? 'rtl' : 'ltr';
  const { id, channel, purpose, destination, subject, text, code, at, state } = message;
  return `<article data-id="${escapeHtml(id)}" data-channel="${channel}">
<dl>
<div><dt>to</dt><dd><bdi dir="ltr">${escapeHtml(destination)}</bdi></dd></div>
<div><dt>by</dt><dd>${channel === 'sms' ? 'SMS' : 'e-mail'}</dd></div>
<div><dt>purpose</dt><dd>${escapeHtml(purpose)}</dd></div>
<div><dt>state</dt><dd data-state="${escapeHtml(state)}">${escapeHtml(state.replace('_', ' '))}</dd></div>
<div><dt>at</dt><dd><time datetime="${at}">${at.slice(11, 19)}</time></dd></div>
</dl>
${subject === null ? '' : `<h2 lang="${message.locale}" dir="${direction}">${escapeHtml(subject)}</h2>`}
<pre lang="${message.locale}" dir="${direction}">${escapeHtml(text)}</pre>
${code === null ? '' : `<p class="code">code <output>${code}</output></p>`}
${message.html === null ? '' : `<p><a href="/dev/messages/${escapeHtml(id)}/mail">as HTML mail</a></p>`}
</article>`;
}
