import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { EventBus } from "@odoo/owl";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

import { actionsOf } from "@social_crm_channels/inbox/talk/talk_actions";

const SAID = { kind: "interaction", id: 5, body: "Where is it?", permalink: "https://example.social/5", can: [] };
let store;

defineMailModels();
beforeEach(async () => {
    await makeMockEnv(); // with it come the translations
    const call = async (model, method, args) => {
        expect.step(`${model} ${method} ${JSON.stringify(args)}`);
        return method.startsWith("action_create") ? { type: "ir.actions.act_window" } : true;
    };
    store = {
        caseId: 7,
        pane: "person",
        isPersonShown: false,
        env: { isSmall: false },
        data: { head: { id: 7, writable: true }, together: {} },
        bus: new EventBus(),
        selection: new Set(),
        targetIds: [7],
        services: {
            orm: { call, silent: { call } },
            action: {
                async doAction(action, options) {
                    expect.step(`open ${action.res_model || action.type}`);
                    await options?.onClose?.();
                },
            },
            dialog: { add: (Dialog, props) => props.confirm?.() ?? expect.step(Dialog.name) },
            notification: { add: (message) => expect.step(String(message)) },
        },
        act: async (method, args = []) => expect.step(`act ${method} ${args}`.trim()),
        call: async (method) => ({ text: `answer of ${method}` }),
        changed: async (ids) => expect.step(`changed ${ids}`),
    };
    for (const event of ["reply-to", "focus-composer", "insert-text"]) {
        store.bus.addEventListener(event, ({ detail }) =>
            expect.step(`${event} ${Object.values(detail).join(" ")}`)
        );
    }
});

const talk = (key, entry = {}) =>
    registry.category("social_crm.talk_actions").get(key).run({ ...SAID, ...entry }, store);
const inbox = (key) => registry.category("social_crm.inbox_commands").get(key).run(store);

describe("on one word of the talk", () => {
    test("what the server does not allow is not offered", () => {
        const keys = (can, more) => actionsOf({ ...SAID, ...more, can }, store).map((one) => one.key);
        expect(keys(["like"])).toInclude("like");
        expect(keys([])).not.toInclude("like");
        expect(keys([], { permalink: "" })).not.toInclude("open");
        const outbox = (state) => ({ outbox: { id: 9, state } });
        expect(keys(["outbox"], outbox("held"))).toInclude("take_back");
        expect(keys(["outbox"], outbox("failed"))).toInclude("retry");
        expect(keys(["outbox"], outbox("sent"))).not.toInclude("take_back");
        expect(keys([], outbox("held"))).not.toInclude("take_back");
        expect(actionsOf({ kind: "note" }, store)).toEqual([]);
    });

    test("answering goes to the composer, privately where one asks for that", () => {
        talk("reply");
        talk("reply_private");
        expect.verifySteps(["reply-to 5 reply", "reply-to 5 private"]);
    });

    test("an idea is made in a dialogue of its own", async () => {
        store.services.orm.call = async () => ({ type: "ir.actions.act_window", res_model: "social.crm.idea.make" });
        store.reload = async (sections) => expect.step(`reload ${sections}`);
        await talk("idea");
        expect.verifySteps(["open social.crm.idea.make", "reload person"]);
    });

    test("a like is given and taken back, and the talk read anew", async () => {
        await talk("like");
        await talk("unlike");
        expect.verifySteps([
            'social.crm.interaction talk_react [[5],"like"]', "changed 7",
            'social.crm.interaction talk_react [[5],"like",true]', "changed 7",
        ]);
    });

    test("what opens a dialogue reads the talk anew when that closes", async () => {
        await talk("lead");
        expect.verifySteps([
            "social.crm.interaction action_create_lead [[5]]",
            "open ir.actions.act_window",
            "changed 7",
        ]);
    });

    test("words and links are copied, and the network opens in a tab of its own", async () => {
        patchWithCleanup(browser.navigator.clipboard, { writeText: async (text) => expect.step(text) });
        patchWithCleanup(browser, { open: (...args) => expect.step(args.join(" ")) });
        await talk("copy_text");
        await talk("copy_link");
        talk("open");
        expect.verifySteps([
            "Where is it?", "Copied.", "https://example.social/5", "Copied.",
            "https://example.social/5 _blank noopener",
        ]);
    });

    test("our words are deleted only after a question", async () => {
        store.services.dialog.add = (Dialog, props) => {
            expect.step(String(props.confirmLabel));
            store.confirm = props.confirm;
        };
        talk("delete");
        expect.verifySteps(["Delete"]);
        await store.confirm();
        expect.verifySteps(["social.crm.interaction talk_delete [[5]]", "changed 7"]);
    });

    test("what lies in the outbox is taken back, tried again, or ticked off", async () => {
        const outbox = { outbox: { id: 9, state: "by_hand" } };
        await talk("take_back", outbox);
        await talk("retry", outbox);
        await talk("done_by_hand", outbox);
        expect.verifySteps(
            ["action_take_back", "action_retry", "action_done_by_hand"].flatMap((method) => [
                `social.crm.outbox ${method} [[9]]`, "changed 7",
            ])
        );
    });
});

describe("on the case", () => {
    test("answer and note go to the composer, also on a phone", () => {
        inbox("reply");
        inbox("note");
        expect(store.pane).toBe("talk");
        expect.verifySteps(["focus-composer reply", "focus-composer note"]);
    });

    test("the person is shown and hidden; on a phone it takes the screen", () => {
        inbox("person");
        expect(store.isPersonShown).toBe(true);
        inbox("person");
        expect(store.isPersonShown).toBe(false);
        store.env.isSmall = true;
        store.pane = "talk";
        inbox("person");
        expect(store.pane).toBe("person");
        inbox("person");
        expect(store.pane).toBe("talk");
    });

    test("its form opens, and the help too", () => {
        inbox("open_form");
        inbox("help");
        expect.verifySteps(["open social.crm.case", "HelpDialog"]);
    });

    test("the address of the case goes into the answer", async () => {
        await inbox("mail");
        expect.verifySteps(["insert-text answer of inbox_mail_address"]);
    });

    test("spam is marked at once, hiding asks for its reason", async () => {
        await inbox("spam");
        await inbox("hide_words");
        expect.verifySteps(["act action_mark_spam", "act action_moderate_dialog hide"]);
    });
});
