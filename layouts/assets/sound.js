/* Is anything to be heard? A chime for each new critical incident, again every minute until somebody has it, ten times at most; a
 * falling tone when one that was heard is over. Nothing for anything less.
 *
 * It hears of alarms by the "cc-kabar" events of live.js and depends on nothing else. Tones are made here: there is no file to miss.
 * Browsers keep silent until somebody has touched the page, unless they were started otherwise (docs/live.md): so the header says
 * whether this wall can be heard at all.
 */
(function () {
  "use strict";

  const block = document.getElementById("cc-tayang");
  if (!block) return;
  const plan = JSON.parse(block.textContent);

  const AGAIN_MS = 60000;
  const MOST_CHIMES = 10;
  const NEW_MS = 15 * 60 * 1000; /* an alarm that a wall first hears of when it is older was heard elsewhere */
  const APART_MS = 4000;
  const TONE_SECONDS = 0.6;
  const LOUD = 0.5;
  const KEPT = "cc-suara";
  const MOST_KEPT = 200;

  const stopwatch = () => performance.now();

  const known = { now: null, at: 0, isBlocked: null, soundedAt: -Infinity };
  /* id of a critical incident -> how often it was heard, and when next (epoch milliseconds of the server); survives a reload */
  const heard = new Map(restored());
  let alarms = { open: [], cleared: [] };

  const serverNow = () => (known.now === null ? null : known.now + (stopwatch() - known.at));

  document.addEventListener("cc-kabar", (event) => {
    const news = event.detail;
    if (news.now) { known.now = news.now; known.at = stopwatch(); }
    if (!news.alarms) return;
    alarms = news.alarms;
    listen();
  });

  /* -- what is to be heard */

  function listen() {
    const at = serverNow();
    if (at === null) return;
    meet(at);
    if (at - known.soundedAt < APART_MS) return;
    if (isDue(at)) sound(chime);
    else if (farewell()) sound(fall);
  }

  function meet(at) {
    for (const alarm of alarms.open) {
      if (heard.has(alarm.id)) continue;
      const isOld = alarm.is_taken || at - alarm.since > NEW_MS;
      heard.set(alarm.id, { times: isOld ? MOST_CHIMES : 0, next: at });
      keep();
    }
  }

  /* One chime speaks for all that are due at once. */
  function isDue(at) {
    const due = alarms.open.filter((alarm) => !alarm.is_taken).map((alarm) => heard.get(alarm.id))
      .filter((each) => each.times < MOST_CHIMES && at >= each.next);
    for (const each of due) { each.times += 1; each.next = at + AGAIN_MS; }
    if (due.length) keep();
    return due.length > 0;
  }

  function farewell() {
    const over = alarms.cleared.filter((id) => heard.has(id));
    for (const id of over) heard.delete(id);
    if (over.length) keep();
    return over.length > 0;
  }

  function restored() {
    try { return JSON.parse(sessionStorage.getItem(KEPT) || "[]"); } catch (error) { return []; }
  }

  function keep() {
    for (const id of [...heard.keys()].slice(0, Math.max(0, heard.size - MOST_KEPT))) heard.delete(id);
    try { sessionStorage.setItem(KEPT, JSON.stringify([...heard])); } catch (error) { /* then a reload begins anew */ }
  }

  /* -- whether it may be heard */

  function minuteOfDay(zone) {
    const at = serverNow();
    if (at === null) return null;
    const [hours, minutes] = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit",
    }).format(at).split(":").map(Number);
    return 60 * hours + minutes;
  }

  /* The end (minute of the day) of the mute hours that are on; null outside of them. */
  function muteUntil(zone) {
    const minute = minuteOfDay(zone);
    if (minute === null) return null;
    const now = plan.mute.find(([from, until]) => (from < until ? minute >= from && minute < until : minute >= from || minute < until));
    return now ? now[1] % 1440 : null;
  }

  const words = () => {
    const canvas = document.querySelector(".cc-kanvas[data-kata]");
    return canvas ? JSON.parse(canvas.dataset.kata) : null;
  };

  function state() {
    const said = words();
    if (said === null) return null;
    if (!plan.sound) return { text: said.suara.mati, isSilent: true };
    const end = muteUntil(said.zona);
    if (end !== null) {
      const time = `${String(Math.floor(end / 60)).padStart(2, "0")}.${String(end % 60).padStart(2, "0")}`;
      return { text: said.suara.bungkam.replace("{time}", time), isSilent: true };
    }
    if (known.isBlocked === null) return { text: "", isSilent: true };
    return known.isBlocked ? { text: said.suara.terblokir, isSilent: true } : { text: said.suara.nyala, isSilent: false };
  }

  function say() {
    const now = state();
    if (now === null) return;
    for (const place of document.querySelectorAll(".cc-suara")) {
      const text = now.text ? ` · ${now.text}` : "";
      if (place.textContent !== text) place.textContent = text;
      place.classList.toggle("terblokir", plan.sound && known.isBlocked === true);
    }
  }

  /* -- tones */

  function sound(tone) {
    known.soundedAt = serverNow();
    const now = state();
    document.dispatchEvent(new CustomEvent("cc-bunyi", { detail: { tone: tone.name, isSilent: now === null || now.isSilent } }));
    if (now !== null && !now.isSilent) play(tone);
  }

  function chime(tone) {
    tone.frequency.setValueAtTime(660, tone.context.currentTime);
    tone.frequency.setValueAtTime(880, tone.context.currentTime + TONE_SECONDS / 2);
  }

  function fall(tone) {
    tone.frequency.setValueAtTime(880, tone.context.currentTime);
    tone.frequency.exponentialRampToValueAtTime(440, tone.context.currentTime + TONE_SECONDS);
  }

  /* A context for each tone, closed after it: an idle one would keep the sound card and a processor busy for months. */
  function play(shape) {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const volume = context.createGain();
    const begin = context.currentTime;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(LOUD, begin + 0.02);
    volume.gain.setValueAtTime(LOUD, begin + TONE_SECONDS - 0.08);
    volume.gain.linearRampToValueAtTime(0, begin + TONE_SECONDS);
    tone.connect(volume).connect(context.destination);
    shape(tone);
    tone.start(begin);
    tone.stop(begin + TONE_SECONDS);
    tone.onended = () => context.close();
    setTimeout(() => { if (context.state === "suspended") { known.isBlocked = true; context.close(); } }, 1000);
  }

  /* A context that does not run by itself is one that the browser forbids. */
  async function check() {
    if (!plan.sound) return;
    if (typeof AudioContext === "undefined") { known.isBlocked = true; return; }
    const context = new AudioContext();
    for (let waited = 0; context.state !== "running" && waited < 1000; waited += 100) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    known.isBlocked = context.state !== "running";
    await context.close();
    say();
  }

  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, () => { if (known.isBlocked) check(); });

  function everySecond() {
    try { listen(); say(); } finally { setTimeout(everySecond, 1000); }
  }

  check();
  everySecond();
})();
