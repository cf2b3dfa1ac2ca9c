import { describe, expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryOne, waitFor } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { getService, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import { DRAFT_MS } from "@social_crm_channels/inbox/composer/draft_keeper";
import { HELD, mountComposer, PUBLIC, section, write } from "./composer_helpers";

defineMailModels();

describe("writing", () => {
    test("one sees who reads along, and what is answered", async () => {
        await mountComposer();
        expect(queryAllTexts(".o_social_mode")).toEqual(["Answer", "Answer privately", "Note"]);
        expect(".o_social_public").toHaveText("Everybody can read this");
        expect(".o_social_quote").toHaveText("Ana Where is my parcel?");
        await click("[data-mode=private]");
        await animationFrame();
        expect(".o_social_private").toHaveText("Between the two of you");
        expect.verifySteps([]);
    });

    test("the counter follows the keys, and an empty answer is not sent", async () => {
        await mountComposer();
        expect(".o_social_send").not.toBeEnabled();
        await advanceTime(500);
        await write("Hi ж");
        expect(".o_social_count").toHaveText("4 / 100");
        expect(".o_social_send").toBeEnabled();
        await advanceTime(DRAFT_MS);
        expect.verifySteps(["draft 7 Hi ж"]);
    });

    test("private data in public is shown with the way out", async () => {
        await mountComposer();
        await write("Mail to ana@example.org");
        expect(".o_social_sensitive").toHaveText(/e-mail address.*ana@example\.org/);
        await click(".o_social_go_private");
        await animationFrame();
        expect(".o_social_sensitive").toHaveCount(0);
        expect("[data-mode=private]").toHaveClass("active");
        await advanceTime(DRAFT_MS);
        expect.verifySteps(["draft 7 Mail to ana@example.org"]);
    });

    test("Escape leaves the field", async () => {
        await mountComposer();
        await click(".o_social_text");
        await press("Escape");
        expect(".o_social_text").not.toBeFocused();
    });

    test("saved answers are found by :: and the best is one key away", async () => {
        const found = [
            { id: 1, shortcut: "parcel", text: "It is on its way", purpose: "answer", refusal: "" },
            { id: 2, shortcut: "sale", text: "20 %", purpose: "marketing", refusal: "No opt-in" },
        ];
        await mountComposer({}, { inbox_saved_answers: () => found });
        await write("Hello ::par");
        await advanceTime(200);
        await animationFrame();
        expect(queryAllTexts(".o_social_suggestion .fw-bold")).toEqual(["parcel", "sale"]);
        expect(".o_social_suggestion:last").toHaveText(/No opt-in/);
        await press("ArrowDown");
        await press("Enter");
        await animationFrame();
        expect(".o_social_text").toHaveValue("Hello ::par", { message: "it cannot be sent" });
        await press("ArrowUp");
        await press("Enter");
        await animationFrame();
        expect(".o_social_text").toHaveValue("Hello It is on its way");
        await advanceTime(DRAFT_MS);
        expect.verifySteps([
            "inbox_saved_answers 7 1 par",
            "inbox_answer_used 7 1",
            "draft 7 Hello It is on its way",
        ]);
    });

    test("a protocol is confirmed before one answers", async () => {
        const protocol = { id: 4, name: "Complaints", version: 2, text: "<p>Be kind</p>", unread: true };
        await mountComposer(
            { places: [{ ...PUBLIC, protocols: [protocol] }] },
            { action_confirm_read: () => true }
        );
        expect(".o_social_protocol_unread").toHaveText(/Complaints.*Be kind/s);
        expect(".o_social_text").toHaveCount(0);
        await click(".o_social_protocol_confirm");
        await animationFrame();
        expect.verifySteps(["action_confirm_read 4"]);
    });

    test("other addons put things to be minded beside the text", async () => {
        class Notice extends Component {
            static template = xml`<div class="notice" t-out="props.place.customer"/>`;
            static props = ["*"];
        }
        patchWithCleanup(registry.category("social_crm.composer_notices"), {
            getEntries: () => [["test", { Component: Notice }]],
        });
        await mountComposer();
        expect(".notice").toHaveText("Ana");
    });
});

describe("sending", () => {
    test("a double press sends once, and the answer is held", async () => {
        const answered = new Deferred();
        await mountComposer({}, { inbox_send: () => answered });
        await write("Hello");
        await press(["ctrl", "Enter"]);
        await press(["ctrl", "Enter"]);
        answered.resolve(HELD);
        await animationFrame();
        await animationFrame();
        expect.verifySteps(["inbox_send 7 Hello"]);
        expect(".o_social_text").toHaveValue("");
        expect(getService("social_crm_held").rows).toHaveLength(1);
        await advanceTime(DRAFT_MS);
        expect.verifySteps([], { message: "no draft of what was sent" });
        await advanceTime(10000);
        expect.verifySteps(["action_release 9"]);
    });

    test("news that were read before it was sent bring no draft back", async () => {
        const store = await mountComposer({}, { inbox_send: () => HELD });
        await write("Hello");
        await click(".o_social_send");
        await animationFrame();
        const draft = { conversation_id: 1, parent_id: 11, mode: "reply", body: "Hello", files: [] };
        store.data = { composer: section({ draft }) };
        await animationFrame();
        await animationFrame();
        expect(".o_social_text").toHaveValue("");
        expect.verifySteps(["inbox_send 7 Hello"]);
    });

    test("what the server stops can be answered privately", async () => {
        const stopped = {
            state: "stopped",
            findings: [{ kind: "contact", label: "contact", value: "Main Street 5" }],
            can_override: true,
            can_private: true,
        };
        await mountComposer({}, { inbox_send: () => stopped });
        await write("Main Street 5");
        await click(".o_social_send");
        await animationFrame();
        expect(".o_social_sensitive").toHaveText(/Main Street 5/);
        expect(".o_social_override").toHaveCount(1, { message: "a leader may give a reason" });
        expect(".o_social_text").toHaveValue("Main Street 5");
        expect.verifySteps(["inbox_send 7 Main Street 5"]);
    });

    test("who answered meanwhile is named before a second answer leaves", async () => {
        let round = 0;
        const meanwhile = {
            state: "meanwhile",
            answers: [{ id: 1, who: "Mia", text: "I have it" }],
            news: [],
        };
        await mountComposer({}, { inbox_send: () => (round++ ? HELD : meanwhile) });
        await write("Me too");
        await click(".o_social_send");
        await animationFrame();
        expect(".o_social_meanwhile").toHaveText(/Mia I have it/);
        await click(".o_social_meanwhile .btn");
        await animationFrame();
        expect(".o_social_text").toHaveValue("");
        expect.verifySteps(["inbox_send 7 Me too", "inbox_send 7 Me too"]);
    });

    test("a note goes to colleagues only", async () => {
        await mountComposer({}, { inbox_note: () => 5 });
        await click("[data-mode=note]");
        await animationFrame();
        expect(".o_social_composer").toHaveText(/For colleagues only/);
        await write("Please look");
        await press(["ctrl", "Enter"]);
        await animationFrame();
        await animationFrame();
        expect.verifySteps(["inbox_note 7 Please look", "draft 7 nothing"]);
    });

    test("what has to be said by hand is copied and ticked off", async () => {
        const row = { id: 9, text: "Hello", place: "Direct", link: "https://example.org/@ana" };
        patchWithCleanup(browser.navigator.clipboard, {
            writeText: async (words) => expect.step(`copied ${words}`),
        });
        await mountComposer({ by_hand: [row] });
        expect(".o_social_by_hand a").toHaveAttribute("href", "https://example.org/@ana");
        await click(".o_social_by_hand_copy");
        await click(".o_social_by_hand_done");
        await animationFrame();
        expect.verifySteps(["copied Hello", "action_done_by_hand 9"]);
    });
});

describe("drafts", () => {
    test("a draft is there again", async () => {
        const draft = { conversation_id: 1, parent_id: 11, mode: "private", body: "Begun", files: [] };
        await mountComposer({ draft });
        expect(".o_social_text").toHaveValue("Begun");
        expect("[data-mode=private]").toHaveClass("active");
    });

    test("leaving the page saves at once, by a beacon", async () => {
        patchWithCleanup(browser.navigator, {
            sendBeacon: (route, blob) => {
                expect.step(`beacon ${route}`);
                return Boolean(blob.size);
            },
        });
        await mountComposer();
        await write("Half an ans");
        window.dispatchEvent(new Event("beforeunload"));
        await advanceTime(DRAFT_MS * 2);
        expect.verifySteps(["beacon /web/dataset/call_kw/social.crm.case/inbox_draft"]);
    });

    test("another case saves what was begun here", async () => {
        const store = await mountComposer();
        await write("Begun here");
        store.caseId = 8;
        store.data = {};
        await animationFrame();
        expect.verifySteps(["draft 7 Begun here"]);
        expect(".o_social_text").toHaveCount(0, { message: "while the other one is read" });
        store.data = { composer: section() };
        await animationFrame();
        await animationFrame();
        expect(".o_social_text").toHaveValue("");
    });
});

describe("taking back", () => {
    test("the strip counts down, and what is taken back is the draft again", async () => {
        const store = await mountComposer({}, { inbox_take_back: () => true });
        getService("social_crm_held").add(HELD);
        await waitFor(".o_social_held_row");
        expect(".o_social_held_count").toHaveText("10");
        await advanceTime(3300);
        await animationFrame();
        expect(".o_social_held_count").toHaveText("7");
        await click(".o_social_held_back");
        await animationFrame();
        expect(".o_social_held_row").toHaveCount(0);
        await advanceTime(20000);
        expect.verifySteps(["inbox_take_back 7 9"], { message: "it is never released" });
        expect(store.caseId).toBe(7);
    });

    test("it can be sent at once, and is released once", async () => {
        await mountComposer({ held: [HELD] });
        await waitFor(".o_social_held_row");
        await click(".o_social_held_now");
        await animationFrame();
        await advanceTime(20000);
        expect.verifySteps(["action_release 9"]);
        getService("social_crm_held").add(HELD); // read before it was released, told later
        await animationFrame();
        expect(".o_social_held_row").toHaveCount(0);
        expect(queryOne(".o_social_text")).toHaveValue("");
    });
});
