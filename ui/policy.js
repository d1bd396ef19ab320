// The editor of the policy: numbers beside its lines, the way to a fault, and nothing lost.
"use strict";

(() => {
  const KEY = "baton.policy.draft";
  const kept = {
    read: () => { try { return sessionStorage.getItem(KEY); } catch { return null; } },
    write: (text) => { try { sessionStorage.setItem(KEY, text); } catch { /* Kept nowhere, then. */ } },
    forget: () => { try { sessionStorage.removeItem(KEY); } catch { /* Nothing is kept. */ } },
  };
  if (document.querySelector("[data-saved]")) kept.forget();

  const text = document.getElementById("text");
  if (!text) return;
  const gutter = document.getElementById("gutter");
  const at = document.getElementById("at");
  const faults = new Set(text.dataset.faults.split(" ").filter(Boolean).map(Number));
  const shown = text.value;

  // Only the numbers in sight are drawn, so that a long policy costs no more than a short one.
  function number() {
    const style = getComputedStyle(text);
    const height = parseFloat(style.lineHeight);
    const first = Math.floor(text.scrollTop / height);
    const lines = Math.ceil(text.clientHeight / height) + 2;
    const last = Math.min(first + lines, text.value.split("\n").length);
    gutter.replaceChildren();
    for (let line = first + 1; line <= last; line += 1) {
      const mark = document.createElement("span");
      mark.textContent = faults.has(line) ? `● ${line}` : String(line);
      if (faults.has(line)) mark.className = "at-fault";
      gutter.append(mark);
    }
    gutter.classList.add("ready");
    gutter.scrollTop = text.scrollTop - first * height;
  }

  function place() {
    const before = text.value.slice(0, text.selectionStart).split("\n");
    at.textContent = `Line ${before.length}, column ${before.at(-1).length + 1}.`;
  }

  function go(line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    const height = parseFloat(getComputedStyle(text).lineHeight);
    text.scrollTop = Math.max(0, (line - 6) * height);
    text.scrollLeft = 0;
    place();
  }

  for (const link of document.querySelectorAll("a[data-line]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(Number(link.dataset.line));
    });
  }

  text.addEventListener("scroll", number);
  text.addEventListener("input", () => {
    number();
    kept.write(text.value);
  });
  for (const event of ["keyup", "click", "focus"]) text.addEventListener(event, place);
  new ResizeObserver(number).observe(text);

  const draft = document.getElementById("draft");
  const written = kept.read();
  if (written !== null && written !== shown) draft.hidden = false;
  document.getElementById("restore").addEventListener("click", () => {
    text.value = written;
    faults.clear();
    number();
    draft.hidden = true;
    text.focus();
  });
  document.getElementById("forget").addEventListener("click", () => {
    kept.forget();
    draft.hidden = true;
    text.focus();
  });

  document.getElementById("editor").addEventListener("submit", (event) => {
    const action = event.submitter?.value;
    document.getElementById("busy").textContent = action === "replay" ? "Replaying…" : "One moment…";
  });
  number();
  place();
  const [first] = [...faults].sort((one, other) => one - other);
  if (first) go(first);
})();
