/* Improves the pages; everything works without it. Text from outside goes in as text only. */
(function () {
  'use strict';
  var doc = document;
  var flow = doc.getElementById('ket-qua');
  var form = doc.querySelector('form.ask');

  var hit = doc.querySelector('.hit');
  if (hit && !location.hash) hit.scrollIntoView({ block: 'center' });

  if (!flow || !form || !window.fetch || !window.TextDecoder || !window.AbortController) return;
  if (!window.Response || !('body' in Response.prototype)) return;

  var box = form.elements.cau;
  var day = form.elements.tai;
  var unit = form.elements.don_vi;
  var talk = form.elements.hoi_thoai;
  if (!talk) {
    talk = doc.createElement('input');
    talk.type = 'hidden';
    talk.name = 'hoi_thoai';
    form.appendChild(talk);
  }
  var opening = doc.getElementById('mo-dau');
  var running = null;

  function el(name, cls, text) {
    var node = doc.createElement(name);
    if (cls) node.className = cls;
    if (text) node.textContent = text;
    return node;
  }
  function add(parent) {
    for (var i = 1; i < arguments.length; i++) if (arguments[i]) parent.appendChild(arguments[i]);
    return parent;
  }
  function link(href, cls, text) {
    var node = el('a', cls, text);
    node.href = href.charAt(0) === '/' ? href : '/';
    return node;
  }
  function section(cls, title) {
    return add(el('section', cls), el('h2', '', title));
  }
  function unitPart() {
    return unit && unit.value ? '&don_vi=' + encodeURIComponent(unit.value) : '';
  }
  function vnDay(iso) {
    return iso.split('-').reverse().join('/');
  }
  function address(c) {
    if (c.url.indexOf('/luat/') !== 0) return '/luat';
    var cut = c.url.split('#');
    return cut[0] + (cut[0].indexOf('?') < 0 ? '?' : '&') + 'tu=' + c.quote_start + '&den=' + c.quote_end +
      (cut[1] ? '#' + cut[1] : '');
  }

  var FOLD = 420;
  function quoteOf(text) {
    if (Array.from(text).length <= FOLD) return el('blockquote', '', text);
    var at = Math.max(text.lastIndexOf('\n', FOLD), text.lastIndexOf(' ', FOLD));
    var head = el('blockquote', '', text.slice(0, at));
    var dots = add(el('span', 'dots', '… '), el('b', '', 'xem hết đoạn'));
    return add(el('details', 'long'), add(el('summary'), add(head, dots)), el('blockquote', '', text.slice(at)));
  }
  function clause(c) {
    var name = el('span', '', c.citation);
    if (c.title) add(name, el('small', '', c.title));
    var item = el('li', 'clause');
    item.value = c.n;
    add(item, add(link(address(c), 'cite'), el('b', 'n', String(c.n)), name));
    if (c.lead_in) add(item, el('p', 'note', c.lead_in + ' …'));
    add(item, quoteOf(c.quote));
    if (!c.in_force) add(item, add(el('p', 'note'), el('b', 'no', 'Không có hiệu lực vào ngày áp dụng.')));
    c.notes.forEach(function (note) { add(item, el('p', 'note', note)); });
    return item;
  }
  function ref(c) {
    var node = link(address(c), 'ref', '[' + c.n + ']');
    node.title = c.citation;
    node.setAttribute('aria-label', 'Trích dẫn ' + c.n + ': ' + c.citation);
    return node;
  }
  function byNumber(list, n) {
    return list.filter(function (c) { return c.n === n; })[0];
  }
  function sentence(s, list) {
    if (s.withdrawn || !s.supported) {
      return el('p', 'withdrawn', 'Một câu máy viết đã bị rút lại' + (s.reason ? ': ' + s.reason : '') + '.');
    }
    var p = el('p', '', s.text);
    s.citations.forEach(function (n) {
      var c = byNumber(list, n);
      if (c) add(p, doc.createTextNode('\u00a0'), ref(c));
    });
    return p;
  }
  /* A text whose [n] marks become links. */
  function marked(text, list) {
    var p = el('p');
    text.split(/(\[\d+\])/).forEach(function (part) {
      var c = /^\[\d+\]$/.test(part) && byNumber(list, Number(part.slice(1, -1)));
      add(p, c ? ref(c) : doc.createTextNode(part));
    });
    return p;
  }

  /* The first page takes the shape of an answer's page: question, answer, then the form. */
  function head(question) {
    var title = doc.querySelector('h1');
    title.className = 'q';
    title.textContent = '';
    add(title, el('small', '', 'Bạn hỏi'), doc.createTextNode(' ' + question));
    if (!opening) return;
    opening.hidden = doc.querySelector('.lead').hidden = true;
    form.parentNode.insertBefore(flow, form);
  }

  /* What was asked and answered before stays above, folded. */
  function fold(before) {
    if (!before || !before.answered) return;
    var main = doc.getElementById('noi-dung');
    var past = doc.querySelector('.turns') || main.insertBefore(section('turns', 'Đã hỏi'), main.firstChild);
    add(past, add(el('details'), el('summary', '', before.question), el('p', '', before.answered)));
  }

  function View(question, asOf) {
    this.question = question;
    this.asOf = asOf;
    this.list = [];
    this.draft = '';
    flow.textContent = '';
    head(question);
    add(flow, this.first = el('div'), this.clauses = el('div'), this.said = el('div'), this.end = el('div'));
    this.first.setAttribute('aria-live', 'polite');
    this.said.setAttribute('aria-live', 'polite');
    this.end.setAttribute('aria-live', 'polite');
  }
  View.prototype.wait = function (message) {
    this.end.textContent = '';
    var self = this;
    var stop = el('button', 'stop', 'Dừng');
    stop.type = 'button';
    stop.onclick = function () {
      self.stopped = true;
      if (self.run) fetch('/api/v1/chat/' + self.run + '/stop', { method: 'POST' }).catch(function () {});
      if (running) running.abort();
    };
    add(this.end, el('p', 'wait', message), stop);
  };
  View.prototype.citation = function (c) {
    if (byNumber(this.list, c.n)) return;
    if (!this.list.length) {
      this.ol = el('ol');
      add(this.clauses, add(section('clauses', 'Điều khoản trích dẫn'), this.ol));
    }
    this.list.push(c);
    add(this.ol, clause(c));
  };
  /* The day whose law is applied: known with the answer, for a question may speak of one. */
  View.prototype.dated = function (a) {
    if (this.day || a.status === 'abstained' && !a.next_steps.length) return;
    var today = new Date(Date.now() + 7 * 36e5).toISOString().slice(0, 10);
    var why = a.as_of === (this.asOf || today) ? '' : ', ngày câu hỏi nói đến';
    var other = a.as_of === today ? '' : ' (không phải hôm nay)';
    var text = 'Áp dụng luật tại ngày ' + a.as_of.split('-').reverse().join('/') + why + other + '.';
    this.first.insertBefore(this.day = el('p', 'note', text), this.first.firstChild);
  };
  /* What a counsellor approved, above the answer. */
  View.prototype.approved = function (p) {
    var day = vnDay(new Date(Date.parse(p.signed_at) + 7 * 3600000).toISOString().slice(0, 10));
    var part = section('answer approved', 'Đã được cán bộ kiểm duyệt ngày ' + day);
    add(part, el('p', 'note', p.signed_as + ', cho câu hỏi: ' + p.question));
    p.sentences.forEach(function (s) { add(part, sentence(s, p.citations)); });
    var list = el('ol');
    p.citations.forEach(function (c) { add(list, clause(c)); });
    return add(part, list);
  };
  /* The answer made of clauses, once; its clauses follow it. */
  View.prototype.composed = function (a) {
    if (a.precedent && !this.precedent) {
      this.precedent = this.approved(a.precedent);
      this.first.insertBefore(this.precedent, this.first.firstChild);
    }
    this.dated(a);
    if (this.plain || a.status === 'abstained' || a.generator !== 'trich-dan') return;
    this.plain = true;
    var own = a.sentences.filter(function (s) { return !s.withdrawn; });
    if (!own.length) return;
    this.led = own.map(function (s) { return s.text; });
    var part = section('answer', 'Trả lời');
    add(part.firstChild, el('small', '', 'lấy nguyên văn từ điều luật, không qua máy soạn'));
    own.forEach(function (s) { add(part, sentence(s, a.citations)); });
    add(this.first, part);
  };
  View.prototype.answer = function () {
    if (this.text) return;
    this.text = section('answer', 'Máy viết gọn lại');
    add(this.text.firstChild, el('small', '', 'đã đối chiếu từng câu'));
    this.pen = el('p', 'draft');
    this.pen.setAttribute('aria-hidden', 'true');
    add(this.said, add(this.text, this.pen));
  };
  View.prototype.delta = function (text) {
    this.answer();
    this.draft += text;
    this.pen.textContent = this.draft;
  };
  View.prototype.verdict = function (s) {
    if (this.led && this.led.indexOf(s.text) >= 0) return;
    this.answer();
    /* "Không, thử việc …" is shown as "Thử việc …". */
    var at = this.draft.toLowerCase().indexOf(s.text.toLowerCase());
    var rest = at < 0 ? '' : this.draft.slice(at + s.text.length).replace(/^(\s*\[\d+\])+[.\s]*/, '');
    this.draft = rest;
    this.pen.textContent = rest;
    this.text.insertBefore(sentence(s, this.list), this.pen);
  };
  View.prototype.done = function (a) {
    var self = this;
    this.answered = a.answer;
    a.citations.forEach(function (c) { self.citation(c); });
    var quoting = a.generator === 'trich-dan';
    this.said.textContent = '';
    this.text = null;
    if (a.understood && a.understood !== a.question) {
      this.first.insertBefore(add(el('p', 'understood', 'Đã hiểu câu hỏi là: '), el('q', '', a.understood)),
        this.first.firstChild);
    }
    this.composed(a);
    var own = a.sentences.filter(function (s) {
      return s.withdrawn || !quoting && !(self.led && self.led.indexOf(s.text) >= 0);
    });
    if (own.length) {
      this.answer();
      own.forEach(function (s) { self.text.insertBefore(sentence(s, a.citations), self.pen); });
    }
    this.end.textContent = '';
    if (a.status === 'abstained') {
      var none = el('section', 'abstain');
      if (a.next_steps.length) add(none, el('h2', '', 'Chưa đủ căn cứ để trả lời'));
      a.answer.split('\n').forEach(function (line) { add(none, el('p', '', line)); });
      add(this.end, none);
    }
    if (a.clarify) this.clarify(a.clarify, a.understood || a.question);
    if (a.next_steps.length) {
      var steps = el('ul');
      a.next_steps.forEach(function (step) { add(steps, el('li', '', step)); });
      add(this.end, add(section('next', 'Cần làm gì'), steps));
    }
    if (a.calculator) this.worked(a.calculator);
    add(this.end, el('p', 'basis', a.label.text));
  };
  View.prototype.worked = function (offer) {
    var part = section('next', 'Tính cho trường hợp của bạn');
    if (offer.result) {
      var figures = el('dl', 'figures');
      offer.result.figures.forEach(function (f) {
        add(figures, add(el('div'), el('dt', '', f.label), el('dd', '', f.text)));
      });
      var steps = el('ol', 'steps');
      offer.result.steps.forEach(function (s) {
        var item = add(el('li', '', s.text));
        s.citations.forEach(function (c) { add(item, doc.createTextNode(' '), el('small', '', c.citation)); });
        add(steps, item);
      });
      add(part, figures, steps);
      var taken = offer.result.assumptions;
      if (taken.length) add(part, el('p', 'note', 'Đã giả định: ' + taken.join('; ') + '.'));
    }
    add(this.end, add(part, add(el('p'), link(offer.url, 'button', offer.title + ' →'))));
  };
  View.prototype.clarify = function (c, question) {
    var self = this;
    var all = el('ul', 'plain');
    c.choices.forEach(function (choice) {
      var list = el('ol');
      choice.citations.forEach(function (cited) { add(list, clause(cited)); });
      var href = '/hoi?cau=' + encodeURIComponent(question + ' (' + choice.label + ')') + '&tai=' + self.asOf + unitPart();
      add(all, add(el('li', 'choice'), add(el('p'), link(href, 'button', choice.label)),
        marked(choice.answer, choice.citations), add(el('details'), el('summary', '', 'Xem điều khoản'), list)));
    });
    add(this.end, add(section('clarify', c.question), all));
  };
  View.prototype.fail = function (title, detail) {
    if (this.pen) this.pen.textContent = '';
    this.end.textContent = '';
    var href = '/hoi?cau=' + encodeURIComponent(this.question) + '&tai=' + this.asOf + unitPart();
    add(this.end, add(section('fail', title), el('p', '', detail), add(el('p'), link(href, 'button', 'Hỏi lại'))));
  };
  View.prototype.event = function (name, data) {
    if (data.run) this.run = data.run;
    if (data.conversation_id) talk.value = data.conversation_id;
    if (name === 'status') {
      if (data.answer) this.composed(data.answer);
      this.wait(data.message);
    }
    else if (name === 'citation') this.citation(data);
    else if (name === 'delta') this.delta(data.text);
    else if (name === 'verdict') this.verdict(data);
    else if (name === 'done') { this.done(data); keep(this, data); return true; }
    else if (name === 'error') { this.fail(data.title, data.detail); return true; }
    return false;
  };

  /* Kept in the history entry alone, so that coming back from a clause shows the answer again. */
  function keep(view, answer) {
    try {
      history.replaceState({ hoi: { question: view.question, asOf: view.asOf, answer: answer } }, '');
    } catch (_) { /* Too large or not allowed: the answer is simply asked for again. */ }
  }

  function read(response, view) {
    var reader = response.body.getReader();
    var decoder = new TextDecoder();
    var buffer = '';
    var over = false;
    function frame(text) {
      var name = '', data = '', id = '';
      text.split('\n').forEach(function (line) {
        if (line.indexOf('event:') === 0) name = line.slice(6).trim();
        else if (line.indexOf('data:') === 0) data += line.slice(5);
        else if (line.indexOf('id:') === 0) id = line.slice(3).trim();
      });
      if (!name || !data) return;
      over = view.event(name, JSON.parse(data)) || over;
      view.seen = id;
      view.tries = 0;
    }
    return (function next() {
      return reader.read().then(function (chunk) {
        buffer += decoder.decode(chunk.value || new Uint8Array(0), { stream: !chunk.done });
        var frames = buffer.split('\n\n');
        buffer = frames.pop();
        frames.forEach(frame);
        if (!chunk.done) return next();
        if (!over) throw new Error('cut');
      });
    })();
  }

  /* A lost line: the answer goes on without us and is read on where it broke. */
  var TRIES = 6;
  function again(view, mine) {
    view.wait('Mất kết nối, đang nối lại…');
    var pause = 500 * Math.pow(2, view.tries++);
    return new Promise(function (resolve) { setTimeout(resolve, pause); }).then(function () {
      if (mine !== running || view.stopped) throw new Error('left');
      return fetch('/api/v1/chat/' + view.run, {
        headers: { Accept: 'text/event-stream', 'Last-Event-ID': view.seen },
        signal: mine.signal
      });
    }).then(function (response) { return follow(response, view); });
  }
  function follow(response, view) {
    if (response.ok) return read(response, view);
    return response.json().then(function (p) { view.fail(p.title, p.detail); });
  }

  var last = null;
  function ask(question, asOf) {
    if (running) running.abort();
    var mine = running = new AbortController();
    fold(last);
    var view = last = new View(question, asOf);
    view.tries = 0;
    view.wait('Đang tìm điều khoản…');
    window.scrollTo(0, 0);
    var body = { question: question };
    if (asOf) body.as_of = asOf;
    if (unit && unit.value) body.unit = unit.value;
    if (talk.value) body.conversation_id = talk.value;
    function lost() {
      if (mine !== running) return;
      if (view.stopped) return view.fail('Đã dừng', 'Các điều khoản tìm thấy vẫn ở trên.');
      if (view.run && view.tries < TRIES) return again(view, mine).catch(lost);
      view.fail('Mất kết nối', 'Đường truyền bị ngắt giữa chừng. Các điều khoản đã hiện vẫn dùng được.');
    }
    fetch('/api/v1/chat', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify(body),
      signal: mine.signal
    }).then(function (response) { return follow(response, view); }).catch(lost);
  }

  form.addEventListener('submit', function (event) {
    var question = box.value.trim();
    if (!question) return;
    event.preventDefault();
    box.blur();
    ask(question, day.value);
  });
  box.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (form.requestSubmit) form.requestSubmit();
    else form.querySelector('button').click();
  });
  doc.addEventListener('click', function (event) {
    var a = event.target.closest && event.target.closest('a[href^="/hoi?"]');
    if (!a || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    var query = new URLSearchParams(a.search);
    event.preventDefault();
    box.value = query.get('cau') || '';
    day.value = query.get('tai') || '';
    if (unit && query.get('don_vi')) unit.value = query.get('don_vi');
    ask(box.value, day.value);
  });

  var kept = history.state && history.state.hoi;
  if (kept) {
    box.value = kept.question;
    talk.value = kept.answer.conversation_id || '';
    last = new View(kept.question, kept.asOf);
    last.done(kept.answer);
  }
})();
