/* Runs before all else and in any browser: says that scripts run, and shows the still pictures when
   the main script cannot (an old browser that does not parse it, or an error nobody caught). */
(function () {
  var root = document.documentElement;
  root.className = "scripted";
  window.addEventListener("error", function () {
    if (root.className.indexOf("ready") >= 0) return;
    root.className = "scripted failed";
    var shown = document.querySelector("[data-trouble='other']");
    if (shown && !document.querySelector("[data-trouble].shown")) shown.className = "shown";
  });
})();
