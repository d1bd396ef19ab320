// Try it: the decision follows the typing.
"use strict";

(() => {
  const PAUSE_MS = 500;
  const form = document.getElementById("try");
  const field = document.getElementById("text");
  const busy = document.getElementById("busy");
  let timer = 0;
  let asked = null;

  async function decide() {
    // What was asked before is out of date.
    asked?.abort();
    const mine = (asked = new AbortController());
    busy.textContent = "Deciding…";
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch("/try", { method: "POST", body, signal: mine.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("result");
      if (next) {
        document.getElementById("result").replaceWith(document.adoptNode(next));
        busy.textContent = "";
      } else {
        busy.textContent = page.querySelector("#page .lead")?.textContent ?? "It was refused.";
      }
      field.toggleAttribute("aria-invalid", false);
    } catch (cause) {
      if (cause.name !== "AbortError") {
        busy.textContent = "The service does not answer; your text is still here.";
      }
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    decide();
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(decide, PAUSE_MS);
  });
  if (field.value.trim()) decide();
})();
