// What helps where scripts run; every page works without.
"use strict";

// Results as one types: the part of the page that the form names is asked for again and exchanged.
for (const form of document.querySelectorAll("form[data-live]")) {
  const target = document.getElementById(form.dataset.live);
  let timer = 0;
  let asked = null;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const address = form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
      asked?.abort();
      asked = new AbortController();
      target.setAttribute("aria-busy", "true");
      try {
        exchange(target, await part(address, target.id, asked.signal));
        history.replaceState(null, "", address);
      } catch (error) {
        if (error.name !== "AbortError") form.requestSubmit();
      } finally {
        target.removeAttribute("aria-busy");
      }
    }, 200);
  });
}

// A list that refreshes by itself, unless somebody is at work in it.
for (const list of document.querySelectorAll("[data-refresh-s]")) {
  setInterval(async () => {
    if (document.hidden || list.contains(document.activeElement) || list.querySelector("details[open]")) return;
    try {
      const fresh = await part(location.href, list.id);
      if (fresh.dataset.refreshS) exchange(list, fresh);
      else location.reload(); // what was waited for is there: show the whole page
    } catch {
      // The next round asks again; what is shown says when it was read.
    }
  }, Number(list.dataset.refreshS) * 1000);
}

// A choice that takes effect at once.
for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// What a page tells or offers only where scripts run.
for (const told of document.querySelectorAll("[data-scripted], [data-prints]")) told.hidden = false;

for (const button of document.querySelectorAll("[data-prints]")) {
  button.addEventListener("click", () => window.print());
}

async function part(address, id, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(id);
  if (!found) throw new Error("the part is not there");
  return found;
}

function exchange(old, fresh) {
  for (const told of fresh.querySelectorAll("[data-scripted]")) told.hidden = false;
  if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
}
