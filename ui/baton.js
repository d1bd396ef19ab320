// What every page needs: times in the viewer's zone, parts that stay fresh, a name to remember.
"use strict";

const baton = (() => {
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const steps = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600]];

  // "5 minutes ago" within a day, the date after that; the exact time is in the title.
  function spoken(then) {
    const seconds = Math.round((then - Date.now()) / 1000);
    for (const [below, unit, size] of steps) {
      if (Math.abs(seconds) < below) return relative.format(Math.round(seconds / size), unit);
    }
    return day.format(then);
  }

  function localise(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const then = new Date(time.dateTime);
      if (Number.isNaN(then.valueOf())) continue;
      time.title = exact.format(then);
      time.textContent = "exact" in time.dataset ? day.format(then) : spoken(then);
    }
  }

  // The service is away: say so once, and since when what is shown is old.
  const connection = document.getElementById("connection");
  let fresh = new Date();
  function reached(isReached) {
    if (isReached) fresh = new Date();
    else if (connection.hidden) {
      connection.textContent =
        `The service does not answer. What you see is from ${day.format(fresh)}; trying again.`;
    }
    connection.hidden = isReached;
  }

  // Parts with `data-live` (seconds) and an id: the page is asked for again, changed parts replaced.
  const served = new Map();
  const live = () => [...document.querySelectorAll("[data-live][id]")];
  function replace(part, next) {
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const open = [...part.querySelectorAll("details[open][id]")].map((found) => found.id);
    part.replaceWith(next);
    for (const id of open) next.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    localise(next);
    if (!focused) return;
    const [id, href] = [focused.id, focused.getAttribute("href")];
    const again = id ? next.querySelector(`#${CSS.escape(id)}`)
      : href && next.querySelector(`[href="${CSS.escape(href)}"]`);
    again?.focus();
  }

  function adopt(page) {
    for (const part of live()) {
      const next = page.getElementById(part.id);
      if (!next) continue;
      const html = next.outerHTML;
      if (served.get(part.id) !== html) replace(part, document.adoptNode(next));
      served.set(part.id, html);
    }
  }

  // Erased while it was open: what is shown may be read, but nothing can be saved any more.
  function gone() {
    connection.textContent = "This was erased meanwhile, and nothing of it can be saved any more.";
    connection.hidden = false;
    for (const button of document.querySelectorAll("#page button")) button.disabled = true;
  }

  async function refresh() {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.status === 410) return gone();
      if (answer.ok) adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
      reached(true);
    } catch {
      reached(false);
    }
  }

  function poll() {
    const parts = live();
    if (parts.length === 0) return;
    for (const part of parts) served.set(part.id, part.outerHTML);
    const every = Math.min(...parts.map((part) => Number(part.dataset.live))) * 1000;
    const tick = async () => {
      if (!document.hidden) await refresh();
      setTimeout(tick, every);
    };
    setTimeout(tick, every);
    document.addEventListener("visibilitychange", () => document.hidden || refresh());
  }

  // Who judges is asked once per browser, not once per decision.
  function remember() {
    for (const field of document.querySelectorAll("input[data-remember]")) {
      const key = `baton.${field.dataset.remember}`;
      try {
        if (!field.value) field.value = localStorage.getItem(key) ?? "";
        field.addEventListener("input", () => {
          localStorage.setItem(key, field.value);
          for (const other of document.querySelectorAll(`[data-remember="${field.dataset.remember}"]`)) {
            if (other !== field) other.value = field.value;
          }
        });
      } catch {
        // A browser that keeps nothing asks each time.
      }
    }
  }

  // What came of a change, said once to everybody.
  function say(text, isBad) {
    const status = document.getElementById("status");
    status.textContent = text;
    status.className = isBad ? "note note-bad" : "note note-good";
    status.hidden = false;
    status.scrollIntoView({ block: "nearest" });
  }

  // Shows a page that the service has answered with in the place of this one.
  function show(page) {
    document.getElementById("page").replaceWith(document.adoptNode(page.getElementById("page")));
    for (const part of live()) served.set(part.id, part.outerHTML);
    localise(document);
    remember();
    document.querySelector("[aria-invalid]")?.focus();
  }

  // Sends a change. Where it fails, everything that was entered stays where it is.
  async function send(form, body, done, action) {
    let answer, page;
    try {
      answer = await fetch(action ?? form.getAttribute("action"), { method: "POST", body });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      say("Not saved: the service does not answer. What you entered is still here; try again.", true);
      return;
    }
    if (answer.ok || answer.status === 422) show(page);
    if (answer.ok) say(done);
    else if (answer.status === 422) say("Nothing was saved: something does not fit.", true);
    else if (answer.status === 410) {
      say("Not saved: this was erased meanwhile. What you entered is still here.", true);
    } else {
      const said = page.querySelector("#page [role=alert] .lead, #page .lead")?.textContent;
      say(`Not saved. ${said ?? "The service refused it."} What you entered is still here.`, true);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("send" in form.dataset)) return;
    event.preventDefault();
    const button = event.submitter;
    const action = button?.getAttribute("formaction") ?? undefined;
    send(form, new URLSearchParams(new FormData(form, button)), "Saved.", action);
  });

  poll();
  localise(document);
  remember();
  const zone = document.getElementById("zone");
  if (zone) zone.textContent = `Times are in ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
  setInterval(() => document.hidden || localise(document), 30000);
  return { localise, refresh, remember, say, send, show };
})();
