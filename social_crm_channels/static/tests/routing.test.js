import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { InboxShiftNotes } from "@social_crm_channels/inbox/shift/shift_notes";
import { makeStore } from "./inbox_helpers";

defineMailModels();

const note = (id, body) => ({
    id,
    body,
    team: "Belgrade",
    author: "Mira",
    written_at: "2026-03-02 07:00:00",
    valid_until: "2026-03-03 07:00:00",
});

test("notes of the last shift stand there until they are read, one by one", async () => {
    onRpc("social.crm.shift.note", "current_for_me", () => [
        note(1, "Kurir štrajkuje 🚲"),
        note(2, "<b>Lager</b> ist leer"),
    ]);
    onRpc("social.crm.shift.note", "action_seen", ({ args }) => {
        expect.step(args[0]);
        return true;
    });
    await mountWithCleanup(InboxShiftNotes);
    await animationFrame();
    expect(queryAllTexts(".o_social_shift_note_body")).toEqual([
        "Kurir štrajkuje 🚲",
        "<b>Lager</b> ist leer",
    ]);
    await click("button:first");
    await animationFrame();
    expect(queryAllTexts(".o_social_shift_note_body")).toEqual(["<b>Lager</b> ist leer"]);
    expect.verifySteps([[1]]);
});

test("without notes nothing is in the way", async () => {
    onRpc("social.crm.shift.note", "current_for_me", () => []);
    await mountWithCleanup(InboxShiftNotes);
    await animationFrame();
    expect(".o_social_shift_notes").toHaveCount(0);
});

const head = (more) => ({ id: 5, state: "open", writable: true, user: { id: false }, ...more });

test("a returned case can be given back while nobody has it", async () => {
    const known = { returned_from: "Mira" };
    const store = makeStore({
        inbox_open: () => ({ head: head(known) }),
        action_give_back: (ids) => expect.step(ids),
    });
    await store.open(5);
    const keys = () => store.commandsOf("head").map((command) => command.key);
    expect(keys()).toInclude("give_back");
    await store.run("give_back");
    expect.verifySteps([[5]]);
    store.data.head.user = { id: 7, name: "Jovan" };
    expect(keys()).not.toInclude("give_back");
    store.data.head.user = { id: false };
    store.data.head.returned_from = "";
    expect(keys()).not.toInclude("give_back");
});

test("the rules can be tried on the open case", async () => {
    const action = {
        doAction: async (name, { additionalContext }) => expect.step([name, additionalContext]),
    };
    const store = makeStore({ inbox_open: () => ({ head: head() }) }, { action });
    await store.open(5);
    await store.run("which_rule");
    expect.verifySteps([
        ["social_crm_channels.social_crm_rule_test_action", { default_case_id: 5 }],
    ]);
});
