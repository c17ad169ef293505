// Runs before the parts are parsed, in whatever browser: the first words, and what this browser lacks.
(function () {
  "use strict";
  window.dropped = [];
  window.addEventListener("dragover", function (event) { event.preventDefault(); });
  window.addEventListener("drop", function (event) {
    // A file dropped before the page is ready must not make the browser open it and leave; it waits.
    event.preventDefault();
    if (window.dropped) window.dropped.push(event.dataTransfer);
  });
  function lacking() {
    try {
      if (typeof WebAssembly !== "object") return "WebAssembly";
      if (typeof DecompressionStream !== "function") return "DecompressionStream";
      var references = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 111, 3, 2, 1, 0, 10, 6, 1, 4, 0, 208, 111, 11];
      if (!WebAssembly.validate(new Uint8Array(references))) return "WebAssembly reference types";
      if (typeof WebAssembly.Tag !== "function") return "WebAssembly exceptions";
      if (typeof BigInt64Array !== "function") return "BigInt";
      return "";
    } catch (fault) { return String(fault); }
  }
  window.english = /[?&]lang=en\b/.test(location.search);
  window.lacks = lacking();
  if (window.english) document.documentElement.lang = "en";
  if (window.lacks) {
    document.documentElement.setAttribute("data-state", "lacking");
    document.getElementById("state").textContent = window.english
      ? "This browser is too old for the tool (it lacks " + window.lacks + "). Please use Chrome or Edge 97 or later, or Firefox 115 or later."
      : "这个浏览器太旧，打不开本工具（缺少 " + window.lacks + "）。请换用 Chrome 或 Edge 97 以上、火狐 115 以上，或较新的 360、奇安信浏览器。";
  }
})();
