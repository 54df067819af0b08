"use strict";
const all = [...document.querySelectorAll("article")];
const nav = document.querySelector("nav");
const aside = document.getElementById("advice");
function show() {
  const chosen = {};
  for (const field of nav.querySelectorAll("select, input")) chosen[field.name] = field.value;
  const words = chosen.search.toLowerCase();
  let secrets = 0, places = 0;
  for (const article of all) {
    const of = article.dataset;
    const suits = ["decision", "severity", "provider"].every((name) => !chosen[name] || of[name] === chosen[name]);
    let left = 0;
    for (const place of article.querySelectorAll("li")) {
      const here = (!chosen.file || place.dataset.file === chosen.file) && (!chosen.commit || place.dataset.commit === chosen.commit);
      place.hidden = !here;
      left += here ? 1 : 0;
    }
    const found = !words || article.textContent.toLowerCase().includes(words);
    article.hidden = !(suits && left && found);
    if (!article.hidden) { secrets += 1; places += left; }
  }
  document.getElementById("count").textContent = secrets + (secrets === 1 ? " secret in " : " secrets in ") + places + (places === 1 ? " place" : " places");
  document.getElementById("none").hidden = secrets > 0 || all.length === 0;
}
function advise(rule) {
  for (const section of aside.querySelectorAll("section")) section.hidden = section.dataset.rule !== rule;
  aside.hidden = !rule;
}
nav.addEventListener("input", show);
document.getElementById("reset").addEventListener("click", () => {
  for (const field of nav.querySelectorAll("select, input")) field.value = "";
  show();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.advice");
  if (!link) return;
  event.preventDefault();
  advise(link.dataset.rule);
});
document.getElementById("close").addEventListener("click", () => advise(""));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") advise(""); });
show();
