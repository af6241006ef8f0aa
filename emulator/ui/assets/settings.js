// What the user chose, put on the page before it is painted. A classic script:
// modules run after the first paint.
"use strict";
(() => {
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off
    }
  };
  const root = document.documentElement;
  const language = stored("dingoa.language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  root.lang = language === "zh" ? "zh-CN" : "en";
  const theme = stored("dingoa.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
