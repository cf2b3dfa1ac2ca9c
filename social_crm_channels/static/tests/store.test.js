import { expect, test } from "@odoo/hoot";
import { Deferred } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";

import { makePost, makeRow, makeStore } from "./inbox_helpers";

test("a case that answers late does not push out the one opened after it", async () => {
    const slow = new Deferred();
    const store = makeStore({ inbox_open: ([id]) => (id === 1 ? slow : { head: { id } }) });
    const first = store.open(1);
    await store.open(2);
    slow.resolve({ head: { id: 1 } });
    await first;
    expect(store.caseId).toBe(2);
    expect(store.data.head.id).toBe(2);
});

test("sections are read anew without the others", async () => {
    let round = 0;
    const store = makeStore({
        inbox_open: (ids, names) =>
            names ? { head: { id: 1, round: ++round } } : { head: { id: 1, round }, talk: [1] },
    });
    await store.open(1);
    await store.reload(["head"]);
    expect(store.data.head.round).toBe(1);
    expect(store.data.talk).toEqual([1]);
});

test("a case that is not there says so, and one that failed can be tried again", async () => {
    let answer = () => ({});
    const store = makeStore({ inbox_open: (...args) => answer(...args) });
    await store.open(1);
    expect(store.problem).toBe("gone");
    answer = async () => {
        throw new Error("no network");
    };
    await expect(store.open(2)).rejects.toThrow("no network");
    expect(store.problem).toBe("failed");
    answer = ([id]) => ({ head: { id } });
    await store.open(2);
    expect(store.problem).toBe(null);
});

test("commands work on the chosen cases, else on the open one", async () => {
    const store = makeStore({ action_take: (ids) => expect.step(ids.join()) });
    await store.act("action_take");
    await store.open(5);
    await store.act("action_take");
    store.selection.add(7);
    store.selection.add(9);
    await store.act("action_take");
    expect.verifySteps(["5", "7,9"]);
    expect(store.selection.size).toBe(0);
});

test("a command runs only where it is available", async () => {
    const commands = registry.category("social_crm.inbox_commands");
    const run = () => expect.step("ran");
    let isAvailable = false;
    patchWithCleanup(commands, {
        getEntries: () => [["try", { label: "Try", isAvailable: () => isAvailable, run }]],
    });
    const store = makeStore();
    await store.run("try");
    expect.verifySteps([]);
    isAvailable = true;
    await store.run("try");
    expect.verifySteps(["ran"]);
});

test("no two commands share a key", () => {
    const taken = {};
    for (const [key, command] of registry.category("social_crm.inbox_commands").getEntries()) {
        for (const hotkey of [command.hotkey, command.otherHotkey].filter(Boolean)) {
            expect(taken[hotkey]).toBe(undefined, { message: `${hotkey} of ${key}` });
            taken[hotkey] = key;
        }
    }
});

/** A queue of three open cases, of which the server closes what is closed. */
async function makeWorkingStore() {
    const closed = new Set();
    const store = makeStore({
        inbox_queue: () => ({ rows: [1, 2, 3].map((id) => makeRow(id)), cursor: null }),
        inbox_queue_rows: (query, ids) => ids.filter((id) => !closed.has(id)).map((id) => makeRow(id)),
        inbox_open: ([id]) => ({ head: { id, state: closed.has(id) ? "closed" : "open" } }),
        action_close: (ids) => {
            ids.forEach((id) => closed.add(id));
        },
        action_assign: () => {},
    });
    await store.queue.start();
    return store;
}

test("after closing a case the next one opens, after the last the one before, then none", async () => {
    const store = await makeWorkingStore();
    await store.open(2);
    await store.act("action_close");
    expect(store.caseId).toBe(3);
    await store.act("action_close");
    expect(store.caseId).toBe(1);
    await store.act("action_close");
    expect(store.caseId).toBe(null);
    expect(store.pane).toBe("queue");
    expect(store.queue.rows.length).toBe(0);
});

test("an action that finishes nothing stays at its case", async () => {
    const store = await makeWorkingStore();
    await store.open(2);
    await store.act("action_assign");
    expect(store.caseId).toBe(2);
});

test("closing a dialog without doing anything opens no other case", async () => {
    const store = await makeWorkingStore();
    store.services.action.doAction = async (action, { onClose }) => onClose();
    await store.open(2);
    await store.act("inbox_start"); // answers something without a type
    expect(store.caseId).toBe(2);
});

test("comments chosen with their post are worked on together", async () => {
    const store = makeStore({ action_take: (ids) => expect.step(ids.join()) });
    store.queue.rows = [makePost(7, [11, 12, 13])];
    store.queue.rows[0].case_ids.forEach((id) => store.selection.add(id));
    await store.act("action_take");
    expect.verifySteps(["11,12,13"]);
});
