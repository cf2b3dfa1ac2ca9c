import { Component, useSubEnv, xml } from "@odoo/owl";
import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { MockServer, mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { InboxStore } from "@social_crm_channels/inbox/inbox_store";
import { TalkGoodwill, TalkNote, TalkQuestion } from "@social_crm_channels/inbox/together/entries";
import { InboxTogether } from "@social_crm_channels/inbox/together/together";
import { MeanwhileNotice } from "@social_crm_channels/inbox/together/meanwhile";
import {
    EXPIRE_MS,
    Presence,
    PRESENCE_NOTIFICATION,
    TYPING_BEAT_MS,
    TYPING_EXPIRE_MS,
} from "@social_crm_channels/inbox/together/presence";

defineMailModels();

const ME = 7;
const NAMES = { 8: "Bojan", 9: "Cveta" };

function makePresence() {
    const presence = Presence.make({
        userId: ME,
        tell: async (state) => expect.step(state),
        nameOf: async (id) => NAMES[id],
    });
    presence.enter(5);
    return presence;
}
const word = (user_id, state, case_id = 5) => ({ case_id, user_id, state });

test("who comes asks who is here, and who is here answers", async () => {
    const presence = makePresence();
    await presence.receive(word(8, "asking"));
    expect.verifySteps(["asking", "looking"]);
    expect(presence.here.map((one) => one.name)).toEqual(["Bojan"]);
    presence.typed();
    await presence.receive(word(9, "asking"));
    expect.verifySteps(["typing", "typing"]);
});

test("I, and people at other cases, are not shown", async () => {
    const presence = makePresence();
    await presence.receive(word(ME, "looking"));
    await presence.receive(word(8, "looking", 6));
    expect(presence.here).toHaveLength(0);
    expect.verifySteps(["asking"]);
});

test("who types stands first, and stops after a while; who is silent is gone", async () => {
    const presence = makePresence();
    await presence.receive(word(8, "looking"));
    await presence.receive(word(9, "typing"));
    expect(presence.here.map((one) => one.id)).toEqual([9, 8]);
    expect(presence.typing.map((one) => one.name)).toEqual(["Cveta"]);
    await advanceTime(TYPING_EXPIRE_MS + 1);
    presence.expire();
    expect(presence.typing).toHaveLength(0);
    expect(presence.here).toHaveLength(2);
    await advanceTime(EXPIRE_MS);
    presence.expire();
    expect(presence.here).toHaveLength(0);
    expect.verifySteps(["asking"]);
});

test("who leaves is gone at once", async () => {
    const presence = makePresence();
    await presence.receive(word(8, "looking"));
    await presence.receive(word(8, "left"));
    expect(presence.here).toHaveLength(0);
    presence.leave();
    expect.verifySteps(["asking", "left"]);
});

test("writing is told, but not with each letter", async () => {
    const presence = makePresence();
    await advanceTime(TYPING_BEAT_MS);
    presence.typed();
    presence.typed();
    await advanceTime(TYPING_BEAT_MS);
    presence.typed();
    expect.verifySteps(["asking", "typing", "typing"]);
});

let store;

async function mountIn(template, components, data = {}) {
    class Around extends Component {
        static template = xml`<div class="o_social_inbox_talk">${template}<textarea/></div>`;
        static components = components;
        static props = {};
        setup() {
            store = InboxStore.make(this.env, {
                orm: useService("orm"),
                action: useService("action"),
                notification: useService("notification"),
            });
            store.caseId = 5;
            store.data = { head: { id: 5, writable: true, state: "open" }, ...data };
            useSubEnv({ inbox: store });
        }
    }
    return mountWithCleanup(Around);
}

async function write() {
    queryOne("textarea").dispatchEvent(new InputEvent("input", { bubbles: true }));
    await animationFrame();
}

test("one who writes is warned of a colleague's answer, one who reads is not", async () => {
    onRpc("social.crm.case", "inbox_meanwhile", ({ args }) => {
        expect.step(`seen ${args[1]}`);
        return { answers: [{ id: 12, who: "Bojan", text: "On its way" }], news: [] };
    });
    await mountIn("<MeanwhileNotice/>", { MeanwhileNotice }, { together: { newest_id: 10 } });
    store.data = { ...store.data, together: { newest_id: 11 } };
    await animationFrame();
    expect(".o_social_answered").toHaveCount(0);
    await write();
    store.data = { ...store.data, together: { newest_id: 12 } };
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["seen 11"]);
    expect(".o_social_answered").toHaveText(/Bojan answered meanwhile: On its way/);
    await click(".o_social_answered button");
    await animationFrame();
    expect(".o_social_answered").toHaveCount(0);
});

test("what I sent myself warns nobody any more", async () => {
    onRpc("social.crm.case", "inbox_meanwhile", () => {
        expect.step("asked");
        return false;
    });
    await mountIn("<MeanwhileNotice/>", { MeanwhileNotice }, { together: { newest_id: 10 } });
    await write();
    store.bus.trigger("sent", { outboxId: 1 });
    store.data = { ...store.data, together: { newest_id: 11 } };
    await animationFrame();
    expect.verifySteps([]);
});

const DATE = "2026-03-02 09:00:00";

test("markup in a note is shown as text", async () => {
    const entry = { kind: "note", id: 1, date: DATE, who: "Ana", text: "<b>no</b>\nmarkup" };
    await mountWithCleanup(TalkNote, { props: { entry } });
    expect(".o_social_note b").toHaveCount(0);
    expect(".o_social_note_text").toHaveText("<b>no</b>\nmarkup");
});

test("an answer of another department goes into ours by one click", async () => {
    const entry = {
        kind: "question", id: "3-answer", question_id: 3, date: DATE, is_answer: true, who: "Bob",
        whom: "Bob", text: "Packed?", answer: "Yes", state: "answered", due: "2026-03-04",
    };
    class One extends Component {
        static template = xml`<TalkQuestion entry="entry"/>`;
        static components = { TalkQuestion };
        static props = {};
        entry = entry;
    }
    await mountIn("<One/>", { One });
    store.bus.addEventListener("insert-text", ({ detail }) => expect.step(detail.text));
    expect(queryAllTexts(".o_social_question strong")).toEqual(["Bob"]);
    await click(".o_social_question button");
    expect.verifySteps(["Yes"]);
});

test("only who may decide on goodwill sees the buttons", async () => {
    onRpc("social.crm.goodwill", "action_approve", ({ args }) => {
        expect.step(`give ${args[0]}`);
        return true;
    });
    onRpc("social.crm.case", "inbox_open", () => ({}));
    const entry = {
        kind: "goodwill", id: 4, date: DATE, who: "Ana", what: "Gift ($ 60.00)", reason: "Lost",
        state: "asked", state_label: "Waits for a team leader", text: "", can_decide: false,
    };
    class Both extends Component {
        static template = xml`<TalkGoodwill entry="mine"/><TalkGoodwill entry="theirs"/>`;
        static components = { TalkGoodwill };
        static props = {};
        mine = entry;
        theirs = { ...entry, can_decide: true };
    }
    await mountIn("<Both/>", { Both });
    expect(".o_social_goodwill button").toHaveCount(2);
    await click(".o_social_goodwill button:first");
    await animationFrame();
    expect.verifySteps(["give 4"]);
});

const command = (key) => registry.category("social_crm.inbox_commands").get(key);

test("commands are offered where they make sense", async () => {
    await mountIn("", {});
    const offered = (key) => Boolean(command(key).isAvailable(store));
    expect(["close", "reopen", "wait", "join", "goodwill"].map(offered)).toEqual([
        true, false, true, false, false,
    ]);
    store.data.head.state = "closed";
    expect(["close", "reopen", "wait", "no_answer"].map(offered)).toEqual([
        false, true, false, false,
    ]);
    store.data.head.writable = false;
    expect(["reopen", "macro", "ask", "handover", "mail"].map(offered)).toEqual([
        false, false, false, false, false,
    ]);
    store.queue.setup = { can_work: true };
    store.selection = new Set([5, 6]);
    expect(["close", "join", "split", "macro"].map(offered)).toEqual([true, true, false, true]);
});

test("going on in private answers the public word where the network lets one", async () => {
    onRpc("social.crm.case", "inbox_handover", () => ({
        mode: "private", interaction_id: 31, text: "", note: "This goes to Ana alone.",
    }));
    onRpc("social.crm.case", "inbox_open", () => ({}));
    mockService("notification", { add: (words) => expect.step(words) });
    await mountIn("", {});
    store.bus.addEventListener("reply-to", ({ detail }) =>
        expect.step(`${detail.interactionId} ${detail.mode}`)
    );
    await command("handover").run(store);
    expect.verifySteps(["This goes to Ana alone.", "31 private"]);
});

test("what was given goes into the answer", async () => {
    onRpc("social.crm.case", "action_goodwill_dialog", () => ({ type: "x" }));
    onRpc("social.crm.case", "inbox_open", () => ({}));
    mockService("action", {
        doAction: async (action, { onClose }) => onClose({ text: "Your code: 044", state: "given" }),
    });
    await mountIn("", {});
    store.bus.addEventListener("insert-text", ({ detail }) => expect.step(detail.text));
    await command("goodwill").run(store);
    expect.verifySteps(["Your code: 044"]);
});

test("above the talk stand who is here, who types, and what a colleague was asked", async () => {
    const question = { id: 1, question_id: 4, whom: "Bob", text: "Is it packed?", due: "2026-03-05", is_late: true };
    onRpc("social.crm.case", "inbox_presence", ({ args }) => expect.step(args[1]));
    onRpc("res.users", "read", ({ args: [[id]] }) => [{ id, name: NAMES[id] }]);
    let store;
    class Around extends Component {
        static template = xml`<div class="o_social_inbox_talk"><InboxTogether/><textarea class="o_social_text"/></div>`;
        static components = { InboxTogether };
        static props = {};
        setup() {
            const action = { doAction: ({ res_id }) => expect.step(`question ${res_id}`) };
            store = InboxStore.make(this.env, { orm: useService("orm"), action });
            store.caseId = 5;
            store.data = { together: { questions: [question] } };
            useSubEnv({ inbox: store });
        }
    }
    await mountWithCleanup(Around);
    expect.verifySteps(["asking"]);
    const hear = async (payload) => {
        MockServer.env["bus.bus"]._sendone("broadcast", PRESENCE_NOTIFICATION, payload);
        for (let turn = 0; turn < 20; turn++) {
            await advanceTime(1);
        }
        await animationFrame();
    };
    await hear(word(8, "looking"));
    expect(".o_social_together_here").toHaveText("Bojan is here too");
    await hear(word(9, "typing"));
    expect(".o_social_together_here").toHaveText("Cveta is typing");
    expect(store.typing).toEqual({ 5: ["Cveta"] });
    expect(".o_social_together_questions").toHaveText(/Bob: Is it packed\?[\s\S]*late since/);
    await click(".o_social_together_questions button");
    expect.verifySteps(["question 4"]);
    store.caseId = null;
    await animationFrame();
    expect.verifySteps(["left"]);
});
