// The chat page's script: sends without reloading, and waits for news. Without it the page's forms do the same.
// Message texts only ever become text nodes.
(function () {
  "use strict";

  var page = document.getElementById("page");
  var log = document.getElementById("log");
  var busy = document.getElementById("busy");
  var notice = document.getElementById("notice");
  var newsButton = document.getElementById("news");
  var composer = document.getElementById("composer");
  var field = document.getElementById("text");
  if (!page || !log || !composer || !window.fetch || !window.Promise || !window.AbortController) return;

  var limit = Number(field.dataset.limit) || 4000;
  var after = Number(page.dataset.after) || 0;
  var shown = new Set();
  var title = document.title;
  var under_way = 0;
  var queue = Promise.resolve();
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var touch = window.matchMedia("(pointer: coarse)").matches;

  // --- Showing -----------------------------------------------------------------------------------------------------

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // As `class` in page.rs.
  function lineClass(begins, line) {
    if (begins && line.startsWith("【")) return "title";
    if (line.startsWith("请注意：")) return "caution";
    if (line.startsWith("依据：") || line.startsWith("效力：") || line.startsWith("核实日期：")) return "source";
    return "";
  }

  // As the page's template.
  function buttonClass(data) {
    if (/^(human|confirm):/.test(data)) return "primary";
    return /^(un)?helpful:/.test(data) ? "quiet" : "";
  }

  function timeNow() {
    var now = new Date();
    var china = { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    var made = element("time", "", "今天" + now.toLocaleTimeString("zh-CN", china));
    made.dateTime = now.toISOString();
    return made;
  }

  function addOwn(text) {
    var message = element("article", "message own pending");
    message.append(element("span", "aloud", "您："), element("p", "", text), timeNow());
    log.append(message);
    return message;
  }

  // Answers stand below what they answer, even when more was said meanwhile.
  function addTheirs(record, above) {
    var message = element("article", "message theirs");
    message.append(element("span", "aloud", "政企通："));
    record.text.split("\n").forEach(function (line, number, lines) {
      message.append(element("p", lineClass(number === 0 || lines[number - 1] === "", line), line));
    });
    if (record.buttons.length > 0) {
      var buttons = element("div", "buttons");
      record.buttons.forEach(function (rowRecord) {
        var row = element("div", "row");
        rowRecord.forEach(function (record) {
          var button = element("button", buttonClass(record.data), record.label);
          button.type = "button";
          button.name = "press";
          button.value = record.data + " " + record.label;
          row.append(button);
        });
        buttons.append(row);
      });
      message.append(buttons);
    }
    message.append(timeNow());
    if (above) above.after(message);
    else log.append(message);
    return message;
  }

  // Shows what is not on the page yet; returns the first new message.
  function addNews(records, above) {
    var first = null;
    records.forEach(function (record) {
      if (record.id <= Number(page.dataset.after) || shown.has(record.id)) return;
      shown.add(record.id);
      after = Math.max(after, record.id);
      var message = addTheirs(record, above);
      if (above) above = message;
      first = first || message;
    });
    if (first && document.hidden) document.title = "● 有新消息 - " + title;
    return first;
  }

  function say(text) {
    notice.textContent = text || "";
    notice.hidden = !text;
  }

  function scrollTo(message) {
    message.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  function isAtEnd() {
    var root = document.documentElement;
    return root.scrollHeight - root.clientHeight - window.scrollY < 160;
  }

  function fit() {
    field.style.height = "auto";
    field.style.height = field.scrollHeight + 2 + "px";
    var chars = Array.from(field.value).length;
    if (chars > limit) say("一次最多" + limit + "字，现在是" + chars + "字，请缩短后再发送。");
    else if (notice.textContent.startsWith("一次最多")) say("");
  }

  // --- Sending -----------------------------------------------------------------------------------------------------

  function newId() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (byte) { return (byte < 16 ? "0" : "") + byte.toString(16); }).join("");
  }

  function post(record) {
    var control = new AbortController();
    var timer = setTimeout(function () { control.abort(); }, 45000);
    return fetch("/chat/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(Object.assign({ after: after }, record)),
      signal: control.signal,
    }).finally(function () { clearTimeout(timer); });
  }

  async function deliver(record, message) {
    under_way += 1;
    var timer = setTimeout(function () { busy.hidden = false; }, 400);
    try {
      var response = await post(record);
      var answer = await response.json();
      message.classList.remove("pending");
      if (response.ok) {
        var first = addNews(answer.messages, message);
        // Only now is there room below to bring the question to the top, and the answer with it.
        if (first) scrollTo(message);
        if (answer.notice) addTheirs({ text: answer.notice, buttons: [] }, message);
      } else {
        var again = response.status === 429 || response.status >= 500;
        fail(record, message, answer.error.message, again);
      }
    } catch (_unreachable) {
      message.classList.remove("pending");
      fail(record, message, "网络不通，没有收到回应。", true);
    } finally {
      clearTimeout(timer);
      under_way -= 1;
      if (under_way === 0) busy.hidden = true;
    }
  }

  // Sending again keeps the id: what has arrived after all is not handled twice.
  function fail(record, message, reason, again) {
    var line = element("p", "failed", reason);
    line.setAttribute("role", "alert");
    if (again) {
      var button = element("button", "", "重新发送");
      button.type = "button";
      button.addEventListener("click", function () {
        line.remove();
        message.classList.add("pending");
        enqueue(record, message);
      });
      line.append(button);
    } else if (record.text && !field.value) {
      field.value = record.text;
      fit();
    }
    message.append(line);
    line.scrollIntoView({ block: "nearest" });
  }

  function enqueue(record, message) {
    queue = queue.then(function () { return deliver(record, message); });
    return queue;
  }

  function send(record, text) {
    say("");
    var examples = document.getElementById("examples");
    if (examples) examples.remove();
    record.id = newId();
    var message = addOwn(text);
    scrollTo(message);
    return enqueue(record, message);
  }

  function sendField() {
    var text = field.value.trim();
    if (!text) {
      field.focus();
      return;
    }
    if (Array.from(text).length > limit) {
      fit();
      return;
    }
    field.value = "";
    fit();
    send({ text: text }, text);
    if (!touch) field.focus();
  }

  composer.addEventListener("submit", function (event) {
    event.preventDefault();
    sendField();
  });

  // While an input method composes, Enter chooses a word. Safari ends the composition first and says 229.
  field.addEventListener("keydown", function (event) {
    var composes = event.isComposing || event.keyCode === 229;
    var plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key === "Enter" && plain && !composes) {
      event.preventDefault();
      sendField();
    }
  });

  field.addEventListener("input", fit);

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("button[name]") : null;
    if (!button) return;
    event.preventDefault();
    if (button.disabled) return;
    var space = button.value.indexOf(" ");
    var data = button.value.slice(0, space);
    var label = button.value.slice(space + 1);
    var record = { text: button.value };
    if (button.name === "press") record = { press: data, label: label };
    else if (button.name === "shortcut") record = { text: data, label: label };
    else label = button.value;
    button.disabled = true;
    send(record, label).then(function () { button.disabled = false; });
  });

  // --- Waiting for news --------------------------------------------------------------------------------------------

  var wake = null;

  function rest(milliseconds) {
    return new Promise(function (resolve) {
      wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  function show(records) {
    var atEnd = isAtEnd();
    var first = addNews(records);
    if (!first || under_way > 0) return;
    if (atEnd) scrollTo(first);
    else newsButton.hidden = false;
  }

  async function listen() {
    var pause = 0;
    for (;;) {
      if (pause > 0) await rest(pause);
      try {
        var started = Date.now();
        var response = await fetch("/chat/messages?after=" + after, { credentials: "same-origin" });
        var answer = await response.json();
        if (response.status === 401) {
          say(answer.error.message);
          return;
        }
        if (!response.ok) throw new Error("refused");
        show(answer.messages);
        // An empty answer that comes at once means that the server is busy or closing.
        pause = answer.messages.length === 0 && Date.now() - started < 2000 ? 5000 : 0;
      } catch (_unreachable) {
        pause = Math.min(Math.max(2000, pause * 2), 30000);
      }
    }
  }

  newsButton.addEventListener("click", function () {
    newsButton.hidden = true;
    if (log.lastElementChild) scrollTo(log.lastElementChild);
  });
  window.addEventListener("scroll", function () { if (isAtEnd()) newsButton.hidden = true; }, { passive: true });
  window.addEventListener("online", function () { if (wake) wake(); });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return;
    document.title = title;
    if (wake) wake();
  });
  // A page brought back by the browser's own cache may be old: the conversation is read anew.
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.reload(); });

  fit();
  if (log.lastElementChild && after > 0) log.lastElementChild.scrollIntoView({ block: "start" });
  listen();
})();
