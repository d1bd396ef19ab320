// One decision: a judgement is one click, and can be taken back before it is sent.
"use strict";

(() => {
  const GRACE_SECONDS = 6;
  let waiting = null;

  function element(id) {
    return document.getElementById(id);
  }

  // Buttons of a judgement that waits do nothing, so that nobody sends two at once.
  function hold(form, isHeld) {
    for (const button of form.querySelectorAll("button:not([hidden])")) button.disabled = isHeld;
  }

  function count() {
    const left = Math.max(0, Math.ceil((waiting.until - Date.now()) / 1000));
    element("undo-says").textContent = `${waiting.says}. Saved in ${left} s.`;
    if (left === 0) save();
  }

  function settle() {
    clearInterval(waiting.timer);
    hold(waiting.form, false);
    element("undo").hidden = true;
    const { form, body, says, button } = waiting;
    waiting = null;
    return { form, body, says, button };
  }

  function save() {
    if (!waiting) return;
    const { form, body, says } = settle();
    baton.send(form, body, `${says}.`);
  }

  function judge(form, submitter) {
    const says = `${submitter.dataset.says} as ${form.elements.by.value.trim()}`;
    const body = new URLSearchParams(new FormData(form, submitter));
    waiting = { form, body, says, button: submitter, until: Date.now() + GRACE_SECONDS * 1000 };
    hold(form, true);
    element("undo").hidden = false;
    waiting.timer = setInterval(count, 1000);
    count();
    element("undo-button").focus();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("undo" in form.dataset)) return;
    event.preventDefault();
    if (!waiting) judge(form, event.submitter);
  });

  document.addEventListener("click", (event) => {
    if (!waiting) return;
    if (event.target.id === "now-button") save();
    if (event.target.id === "undo-button") {
      const { button } = settle();
      baton.say("Taken back; nothing was saved.");
      button.focus();
    }
  });

  // Whoever leaves at once has made up their mind.
  addEventListener("pagehide", () => {
    if (!waiting) return;
    const { form, body } = settle();
    fetch(form.action, { method: "POST", body, keepalive: true });
  });
})();
