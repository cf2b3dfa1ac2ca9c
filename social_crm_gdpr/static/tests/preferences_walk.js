/**
 * A person on their own page. It has no scripts, so no tour of Odoo's can run there: the test puts
 * these steps into every page before anything else, and each page goes on where the last one was.
 */
{
    const PATIENCE = 8000;
    const find = (selector, text = "") =>
        [...document.querySelectorAll(selector)].find((node) => node.innerText.includes(text));
    const state = (code) => `.choice:has(#p_${code})`;

    const see = (selector, text) => [`see ${selector} ${text}`, () => find(selector, text)];
    const miss = (selector) => [`miss ${selector}`, () => !find(selector)];
    const press = (selector) => [
        `press ${selector}`,
        () => find(selector),
        () => find(selector).click(),
    ];
    const picture = (name) => [
        `picture ${name}`,
        () => true,
        () =>
            window.socialCrmPicture &&
            new Promise((taken) => {
                window.socialCrmPictureTaken = taken;
                window.socialCrmPicture(name);
            }),
    ];

    const STEPS = [
        see("h1", "Your choices"),
        see(state("feedback"), "You have not agreed."),
        see(state("profiling"), "We do this unless you object."),
        press("#p_feedback"),
        press("button.save"),
        see(".said", "Saved. It holds from now on."),
        see(state("feedback"), "You agreed on"),
        see(state("profiling"), "We do this unless you object."),
        picture("privacy_preferences"),
        press("button.stop"),
        see(".said", "Stopped."),
        see(state("feedback"), "You ended it on"),
        see(state("profiling"), "You objected on"),
        miss("input:checked"),
        [
            "what was recorded is a file",
            () => find("a[download]"),
            async () => {
                const answer = await fetch(find("a[download]").href);
                const events = (await answer.json()).records.map((row) => row.event);
                if (!events.includes("given") || !events.includes("withdrawn")) {
                    throw new Error(`the file tells of ${events}`);
                }
            },
        ],
        press("a.receipt"),
        see("article dd", "You agreed"),
        see("article dd", "You ended it"),
        press("p.noprint a"),
        see("h1", "Your choices"),
        [
            "alter the link",
            () => true,
            () => {
                const end = location.pathname.endsWith("A") ? "B" : "A";
                location.pathname = location.pathname.slice(0, -1) + end;
            },
        ],
        see(".said", "This link does not work"),
        miss("form, .choice, header strong:not(:empty)"),
    ];

    async function walk() {
        for (;;) {
            const at = Number(sessionStorage.getItem("walked") || 0);
            if (at === STEPS.length) {
                console.log("test successful"); // eslint-disable-line no-console
                return;
            }
            const [content, isThere, act] = STEPS[at];
            const until = Date.now() + PATIENCE;
            while (!isThere()) {
                if (Date.now() > until) {
                    throw new Error(`step ${at}, ${content}: ${document.body.innerText}`);
                }
                await new Promise((wait) => setTimeout(wait, 50));
            }
            sessionStorage.setItem("walked", at + 1);
            await act?.(); // where this leaves the page, the next one goes on
        }
    }

    addEventListener("load", () => location.protocol.startsWith("http") && walk());
}
