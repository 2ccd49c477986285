/* The operator console in the browser: news from the server, keys, clock. It draws nothing; Dash does. */
(function () {
  'use strict';
  if (!location.pathname.startsWith('/konsol')) return;

  const LOST_AFTER = 10000; // ms without a word from the server
  const AGAIN_AFTER = 2000;
  let build = null, version = null, heard = performance.now(), canRead = true, news = 0;
  let serverAt = null, serverMark = 0;

  /* ---- news: one word that changes whenever anything in the console does */
  function note(event) {
    heard = performance.now();
    const data = JSON.parse(event.data);
    if (data.now) { serverAt = data.now; serverMark = performance.now(); }
    return data;
  }

  function changed(event) {
    const told = note(event).regions.konsol;
    if (told === undefined || told === version) return;
    const isFirst = version === null;
    version = told;
    if (!isFirst) window.dash_clientside.set_props('konsol-siaran', {data: ++news});
  }

  function listen() {
    const source = new EventSource('/konsol/siaran');
    source.addEventListener('hello', function (event) {
      const hello = note(event);
      if (build !== null && build !== hello.build) location.reload();
      build = hello.build;
    });
    source.addEventListener('full', changed);
    source.addEventListener('delta', changed);
    source.addEventListener('beat', function (event) { canRead = note(event).ok; });
    source.onerror = function () {
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      setTimeout(listen, AGAIN_AFTER * (0.5 + Math.random()));
    };
  }

  function whenReady(then) {
    if (window.dash_clientside && window.dash_clientside.set_props && document.getElementById('konsol-kop')) then();
    else setTimeout(function () { whenReady(then); }, 30);
  }
  whenReady(listen);

  /* ---- the clock of the server in the city's zone, and the banner when nothing is heard */
  function tick() {
    const clock = document.querySelector('.konsol .jm');
    if (clock) {
      if (serverAt === null) { serverAt = Number(clock.dataset.now); serverMark = performance.now(); }
      const at = new Date(serverAt + performance.now() - serverMark);
      clock.textContent = at.toLocaleTimeString('en-GB', {timeZone: clock.dataset.zona, hour12: false});
    }
    const banner = document.querySelector('.konsol .k-putus');
    if (banner) {
      const isLost = performance.now() - heard > LOST_AFTER;
      banner.hidden = !isLost && canRead;
      banner.textContent = isLost ? banner.dataset.putus : banner.dataset.buta;
    }
  }
  setInterval(tick, 1000);

  /* ---- keys: not while somebody writes */
  function isWriting(target) {
    return target.closest && target.closest('input,textarea,select,[contenteditable]') !== null;
  }

  function step(by) {
    const rows = Array.from(document.querySelectorAll('.konsol .it .brs'));
    if (!rows.length) return;
    const here = rows.findIndex(function (row) { return row.classList.contains('sel'); });
    const next = rows[here < 0 ? 0 : Math.min(Math.max(here + by, 0), rows.length - 1)];
    next.click();
    next.scrollIntoView({block: 'nearest'});
  }

  function press(key) {
    const thing = document.querySelector('.konsol .ak [data-tombol="' + key + '"]');
    if (!thing || !thing.getClientRects().length) return false;
    if (thing.tagName !== 'DETAILS') { thing.click(); return true; }
    closeForms(thing);
    thing.open = true;
    const field = thing.querySelector('input,select');
    if (field) field.focus();
    return true;
  }

  function closeForms(except) {
    document.querySelectorAll('.konsol .ak details[open]').forEach(function (each) { if (each !== except) each.open = false; });
  }

  function focus(selector) {
    const field = document.querySelector(selector);
    if (field) field.focus();
    return field !== null;
  }

  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') { closeForms(null); if (document.activeElement) document.activeElement.blur(); return; }
    if (isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === 'j' || key === 'k') { step(key === 'j' ? 1 : -1); event.preventDefault(); return; }
    if (key === '/') { if (focus('#konsol-saring-cari')) event.preventDefault(); return; }
    if (key === 'c') { if (focus('#konsol-catatan')) event.preventDefault(); return; }
    if (/^[a-z]$/.test(key) && press(key)) event.preventDefault();
  });

  /* one form at a time; a press of its button closes it */
  document.addEventListener('toggle', function (event) {
    if (event.target.matches && event.target.matches('.konsol .ak details') && event.target.open) closeForms(event.target);
  }, true);
  document.addEventListener('click', function (event) {
    if (event.target.closest && event.target.closest('.konsol .isian .kn')) closeForms(null);
  });
})();
