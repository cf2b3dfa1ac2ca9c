import { expect, test } from "@odoo/hoot";
import { Deferred } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";

import { InboxStore } from "@social_crm_channels/inbox/inbox_store";

/** A store whose server answers with `answer(method, ids, args)`. */
function makeStore(answer = () => ({}), services = {}) {
    const orm = { call: async (model, method, [ids, ...args]) => answer(method, ids, args) };
    return InboxStore.make(
        {},
        { orm: { ...orm, silent: orm }, action: { doAction: async () => {} }, ...services }
    );
}

test("a case that answers late does not push out the one opened after it", async () => {
    const slow = new Deferred();
    const store = makeStore((method, [id]) => (id === 1 ? slow : { head: { id } }));
    const first = store.open(1);
    await store.open(2);
    slow.resolve({ head: { id: 1 } });
    await first;
    expect(store.caseId).toBe(2);
    expect(store.data.head.id).toBe(2);
});

test("sections are read anew without the others", async () => {
    let round = 0;
    const store = makeStore((method, ids, [names]) =>
        names ? { head: { id: 1, round: ++round } } : { head: { id: 1, round }, talk: [1] }
    );
    await store.open(1);
    await store.reload(["head"]);
    expect(store.data.head.round).toBe(1);
    expect(store.data.talk).toEqual([1]);
});

test("commands work on the chosen cases, else on the open one", async () => {
    const store = makeStore((method, ids) => {
        if (method === "action_take") {
            expect.step(ids.join());
        }
        return { head: { id: 5, writable: true } };
    });
    await store.act("action_take");
    await store.open(5);
    await store.act("action_take");
    store.selection.add(7);
    store.selection.add(9);
    await store.act("action_take");
    expect.verifySteps(["5", "7,9"]);
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
