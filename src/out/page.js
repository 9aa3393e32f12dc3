// Steps through the connections of the page: marks the segment, moves both ends through the state machine, says what
// the segment means; and asks. Without it the page shows everything below one another.
"use strict";
(() => {
    const words = JSON.parse(document.getElementById("words").textContent);
    const sections = [...document.querySelectorAll("section.connection")];
    if (!sections.length)
        return;

    const make = (name, text, classes) => {
        const element = document.createElement(name);
        if (text !== undefined)
            element.textContent = text;
        if (classes)
            element.className = classes;
        return element;
    };
    const fill = (text, ...values) => text.replace(/%(\d)/g, (all, i) => values[i - 1]);

    // --- a connection ---

    function open(section) {
        const data = JSON.parse(section.querySelector("script.data").textContent);
        const rows = [...section.querySelectorAll(".row")];
        const part = name => section.querySelector(name);
        const buttons = [...section.querySelectorAll("button[data-go]")];
        let now = 0;

        // how far each end has come when step is over: step 0 is before the first segment
        function walk(step) {
            const next = step + 1 < data.steps.length ? data.steps[step + 1].item : Infinity;
            const ends = data.initial.map(state => ({state, moved: false, edges: new Set(), been: new Set([state])}));
            for (const move of data.moves) {
                if (step === 0 || move.item >= next)
                    continue;
                const end = ends[move.side];
                end.edges.add(`${move.from}-${move.to}`);
                end.state = move.to;
                end.moved = true;
                end.been.add(move.to === "CLOSED" ? "OVER" : move.to);
            }
            return ends;
        }

        function drawStates(ends) {
            for (const edge of section.querySelectorAll("[data-edge]"))
                ends.forEach((end, side) => edge.classList.toggle("cs"[side], end.edges.has(edge.dataset.edge)));
            for (const node of section.querySelectorAll("[data-node]")) {
                const name = node.dataset.node;
                const at = ends.map(end => (end.state === "CLOSED" && end.moved ? "OVER" : end.state) === name);
                at.forEach((is, side) => node.classList.toggle("cs"[side], is));
                node.classList.toggle("here", at.includes(true));
                node.classList.toggle("was", ends.some(end => end.been.has(name)));
            }
        }

        function say(step, ends) {
            const states = ends.map((end, side) => `${words.ends[side]}: ${end.state}`).join(", ");
            const heading = make("h3", fill(words.where, now, data.steps.length - 1, step.title));
            part(".say").replaceChildren(heading, make("p", states, "now"), ...step.lines.map(line => make("p", line)));
        }

        function show(step, scroll) {
            now = Math.max(0, Math.min(data.steps.length - 1, step));
            const ends = walk(now), item = String(data.steps[now].item);
            for (const row of rows) {
                const is = now > 0 && row.dataset.item === item;
                row.classList.toggle("now", is);
                if (is && scroll)
                    row.scrollIntoView({block: "nearest"});
            }
            drawStates(ends);
            say(data.steps[now], ends);
            for (const button of buttons)
                button.disabled = target(button.dataset.go) === now;
        }

        const target = where =>
            ({first: 0, back: Math.max(0, now - 1), on: Math.min(data.steps.length - 1, now + 1),
                last: data.steps.length - 1})[where];
        const go = where => show(target(where), true);
        for (const button of buttons)
            button.addEventListener("click", () => go(button.dataset.go));
        for (const row of rows)
            row.addEventListener("click", () =>
                show(data.steps.findIndex((step, i) => i > 0 && String(step.item) === row.dataset.item), false));
        quiz(part(".quiz"), data.questions);
        show(0, false);
        return {section, go};
    }

    // --- questions ---

    function quiz(place, questions) {
        let at = 0, right = 0;
        if (!questions.length) {
            place.hidden = true;
            return;
        }
        const body = place.querySelector(".body");

        function ask() {
            const question = questions[at], form = make("form"), set = make("fieldset");
            set.append(make("legend", `${fill(words.question, at + 1, questions.length)} ${question.ask}`));
            question.choices.forEach((text, i) => {
                const label = make("label"), input = make("input");
                input.type = "radio";
                input.name = "choice";
                input.value = i;
                label.append(input, ` ${text}`);
                set.append(label);
            });
            const answer = make("div");
            answer.setAttribute("role", "status");
            set.append(make("button", words.check), answer);
            form.append(set);
            form.addEventListener("submit", event => {
                event.preventDefault();
                const chosen = form.elements.choice.value;
                if (chosen === "")
                    answer.replaceChildren(make("p", words.choose));
                else
                    tell(form, answer, question, Number(chosen));
            });
            body.replaceChildren(form);
        }

        function tell(form, answer, question, chosen) {
            const is = chosen === question.right;
            right += is;
            for (const input of form.querySelectorAll("input, button"))
                input.disabled = true;
            const verdict = is ? words.right : fill(words.wrong, question.choices[question.right]);
            answer.replaceChildren(make("p", verdict, is ? "right" : "wrong"), ...question.why.map(line => make("p", line)),
                make("p", fill(words.score, right, at + 1)));
            const more = make("button", at + 1 < questions.length ? words.next : words.again);
            more.type = "button";
            more.addEventListener("click", () => {
                at = (at + 1) % questions.length;
                right = at === 0 ? 0 : right;
                ask();
                body.querySelector("input").focus();
            });
            form.append(more);
            more.focus();
        }
        ask();
    }

    // --- one connection at a time ---

    const opened = new Map();
    let shown = null;

    function choose() {
        const section = sections.find(each => `#${each.id}` === location.hash) || sections[0];
        for (const each of sections)
            each.hidden = each !== section;
        for (const link of document.querySelectorAll("nav a")) {
            const row = link.closest("tr");
            if (link.hash === `#${section.id}`)
                row.setAttribute("aria-current", "true");
            else
                row.removeAttribute("aria-current");
        }
        if (!opened.has(section))
            opened.set(section, open(section));
        shown = opened.get(section);
    }

    document.addEventListener("keydown", event => {
        const own = event.target.closest("input, select, textarea, summary");
        if (own || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
            return;
        const inside = event.target.closest(".stepper");
        const where = {ArrowRight: "on", ArrowLeft: "back", Home: inside && "first", End: inside && "last"}[event.key];
        if (!where)
            return;
        event.preventDefault();
        shown.go(where);
    });
    window.addEventListener("hashchange", () => {
        choose();
        shown.section.querySelector("h2").focus();
    });
    document.documentElement.classList.add("script");
    choose();
})();
