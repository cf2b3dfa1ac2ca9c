import { beforeEach, expect, test } from "@odoo/hoot";
import {
    click,
    dblclick,
    manuallyDispatchProgrammaticEvent,
    press,
    queryAllTexts,
    queryOne,
} from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { registry } from "@web/core/registry";

import { HelpDialog } from "@social_crm_channels/inbox/help_dialog";
import { Inbox } from "@social_crm_channels/inbox/inbox";
import { makeRow } from "./inbox_helpers";

defineMailModels();
beforeEach(() => {
    browser.localStorage.clear();
    browser.sessionStorage.clear();
});

const START = {
    views: [
        { key: "mine", label: "Mine" },
        { key: "all", label: "All" },
    ],
    sorts: [{ key: "oldest", label: "Oldest" }],
    filters: [],
    counts: {},
    view: "all",
    setup: { has_channel: true, can_work: true, teams: [] },
};

const readCase = (id) => ({
    head: { id, name: `Case ${id}`, state: "open", writable: true, tags: [], user: {}, team: {} },
});

/** The whole inbox over a server that has two cases. */
async function mountInbox(props = {}, open = readCase) {
    const CASE = "social.crm.case";
    onRpc(CASE, "inbox_start", () => START);
    onRpc(CASE, "inbox_counts", () => ({}));
    onRpc(CASE, "inbox_queue", () => ({ rows: [makeRow(1), makeRow(2)], cursor: null }));
    onRpc(CASE, "inbox_presence", () => true);
    onRpc("social.crm.shift.note", "current_for_me", () => []);
    onRpc(CASE, "inbox_open", ({ args: [[id]] }) => {
        expect.step(`read ${id}`);
        return open(id);
    });
    const action = { id: 1, type: "ir.actions.client", tag: "social_crm_inbox", params: {}, context: {} };
    const inbox = await mountWithCleanup(Inbox, { props: { action, actionId: 1, className: "", ...props } });
    await animationFrame();
    await animationFrame();
    return inbox;
}

const action = (more) => ({ id: 1, type: "ir.actions.client", params: {}, context: {}, ...more });
const width = (pane) => Number(queryOne(`.o_social_inbox_splitter[aria-label='Width of the ${pane}']`).ariaValueNow);

test("without a case the middle says how to begin", async () => {
    await mountInbox();
    expect(".o_social_inbox_none").toHaveText(/Choose a case on the left/);
    expect(".o_social_inbox_person").toHaveCount(0);
    expect.verifySteps([]);
});

test("a link opens the case it asks for; what was open before a breadcrumb wins", async () => {
    await mountInbox({ action: action({ context: { active_id: 2 } }), state: { caseId: 1 } });
    expect.verifySteps(["read 1"]);
    expect(".o_social_head_name").toHaveValue("Case 1");
});

test("what is open is told to the address, what is asked for is there after a reload", async () => {
    const told = [];
    const inbox = await mountInbox({
        action: action({ params: { case_id: 2 } }),
        updateActionState: (state) => {
            told.push(state.case);
        },
    });
    await click(".o_social_queue_view:contains(Mine)");
    await animationFrame();
    expect(JSON.parse(browser.sessionStorage.getItem("social_crm.inbox.query")).view).toBe("mine");
    expect(inbox.rememberedQuery.view).toBe("mine");
    inbox.store.close();
    await animationFrame();
    expect(told).toEqual([2, undefined]);
    expect.verifySteps(["read 2"]);
});

test("what cannot be understood of the memory is forgotten", async () => {
    browser.sessionStorage.setItem("social_crm.inbox.query", "{broken");
    browser.localStorage.setItem("social_crm.inbox.panes", "{broken");
    await mountInbox();
    expect(".o_social_queue_view.active").toHaveText("All");
    expect(width("queue")).toBe(352);
});

test("the panes are as wide as one made them, within bounds, also after a reload", async () => {
    await mountInbox();
    const splitter = ".o_social_inbox_splitter[aria-label='Width of the queue']";
    queryOne(splitter).focus();
    await press("ArrowRight");
    await animationFrame();
    expect(width("queue")).toBe(368);
    for (let n = 0; n < 20; n++) {
        await press("ArrowLeft");
    }
    await animationFrame();
    expect(width("queue")).toBe(240);
    await manuallyDispatchProgrammaticEvent(queryOne(splitter), "pointerdown", { clientX: 240 });
    expect(".o_social_inbox").toHaveClass("o_social_inbox_resizing");
    await manuallyDispatchProgrammaticEvent(document, "pointermove", { clientX: 340 });
    await manuallyDispatchProgrammaticEvent(document, "pointerup", { clientX: 340 });
    await manuallyDispatchProgrammaticEvent(document, "pointermove", { clientX: 500 });
    await animationFrame();
    expect(width("queue")).toBe(340);
    expect(".o_social_inbox").not.toHaveClass("o_social_inbox_resizing");
    expect(JSON.parse(browser.localStorage.getItem("social_crm.inbox.panes")).queue).toBe(340);
    await dblclick(splitter);
    await animationFrame();
    expect(width("queue")).toBe(352);
});

test("a case that is gone says so and leads back to the queue", async () => {
    await mountInbox({ action: action({ params: { case_id: 2 } }) }, () => ({}));
    expect(".o_social_inbox_problem").toHaveText(/not here any more/);
    expect(".o_social_inbox_person").toHaveCount(0);
    await click(".o_social_inbox_problem button");
    await animationFrame();
    expect(".o_social_inbox_none").toHaveCount(1);
    expect.verifySteps(["read 2"]);
});

test("the help names each key once, and closes", async () => {
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(HelpDialog, {}, { onClose: () => expect.step("closed") });
    await animationFrame();
    const keys = queryAllTexts(".o_social_help dt");
    expect(keys.length).toBeGreaterThan(10);
    const commands = registry.category("social_crm.inbox_commands").getAll();
    expect(keys.length).toBe(commands.filter((command) => command.hotkey).length);
    const onWords = queryAllTexts(".o_social_help_talk dt");
    expect(new Set(onWords).size).toBe(onWords.length);
    expect(".o_social_help_talk dd:contains(Like / Take the like back)").toHaveCount(1);
    await click(".modal-footer button");
    expect.verifySteps(["closed"]);
});
