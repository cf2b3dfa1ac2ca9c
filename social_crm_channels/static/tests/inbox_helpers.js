import { Component, useSubEnv, xml } from "@odoo/owl";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { useService } from "@web/core/utils/hooks";

import { useInboxKeys } from "@social_crm_channels/inbox/inbox_keys";
import { InboxStore } from "@social_crm_channels/inbox/inbox_store";

/** What the server says when nothing special is asked of it. */
const USUAL = {
    inbox_start: () => ({
        views: [
            { key: "mine", label: "Mine" },
            { key: "unassigned", label: "Unassigned" },
            { key: "all", label: "All" },
            { key: "overdue", label: "Overdue" },
        ],
        sorts: [
            { key: "oldest", label: "Oldest" },
            { key: "newest", label: "Newest" },
        ],
        filters: [],
        counts: {},
        view: "all",
        setup: { has_channel: true, can_work: true, teams: [] },
    }),
    inbox_counts: () => ({}),
    inbox_queue: () => ({ rows: [], cursor: null }),
    inbox_queue_rows: () => [],
    inbox_open: ([id]) => ({ head: { id, state: "open", writable: true } }),
};

/**
 * An ORM service that asks `answers`, by method name, and the usual ones.
 *
 * @param {Object<string, Function>} answers
 */
export function fakeOrm(answers = {}) {
    const known = { ...USUAL, ...answers };
    const orm = {
        call: async (model, method, args = []) => known[method]?.(...args),
        create: async (model, records) => known.create(model, records),
        write: async (model, ids, vals) => known.write(ids, vals),
        unlink: async (model, ids) => known.unlink(ids),
    };
    orm.silent = orm;
    return orm;
}

/** @returns {InboxStore} a store whose server gives these answers */
export function makeStore(answers, services = {}) {
    const action = { doAction: async () => {} };
    return InboxStore.make({}, { orm: fakeOrm(answers), action, ...services });
}

/** A row as the server makes it; `at` is its place in the order "oldest". */
export function makeRow(id, at = id, more = {}) {
    return {
        key: `case-${id}`,
        kind: "case",
        id,
        name: `Case ${id}`,
        customer: `Person ${id}`,
        partner_id: false,
        platform: { name: "Example", icon: "" },
        channel: "Shop",
        said: { text: `Words ${id}`, direction: "in", by: "", has_media: false },
        state: "open",
        last_date: "2026-03-02 09:00:00",
        waiting_since: "2026-03-02 09:00:00",
        deadline: "",
        snoozed_until: "",
        is_new: false,
        is_mentioned: false,
        tags: [],
        user: { id: false, name: "" },
        team: "",
        risk: 0,
        mood: "",
        priority: "0",
        confidential: false,
        post_id: false,
        sort: [`2026-03-02 09:00:${String(at).padStart(2, "0")}`, id],
        ...more,
    };
}

/** The row of a post with these cases below it. */
export function makePost(postId, caseIds, at = 1) {
    return makeRow(caseIds[0], at, {
        key: `post-${postId}`,
        kind: "post",
        post_id: postId,
        case_ids: caseIds,
        count: caseIds.length,
        title: `Post ${postId}`,
    });
}

/**
 * Mount a pane of the inbox, with the keys of the inbox.
 *
 * @param {typeof Component} Pane
 * @param {Object<string, Function>} [answers]
 * @returns {Promise<InboxStore>}
 */
export async function mountPane(Pane, answers) {
    let store;
    class Host extends Component {
        static components = { Pane };
        static props = {};
        static template = xml`<div class="o_social_inbox" style="height: 400px"><Pane/></div>`;
        setup() {
            const services = { dialog: useService("dialog"), action: useService("action") };
            store = makeStore(answers, services);
            useSubEnv({ inbox: store });
            useInboxKeys(store);
        }
    }
    await mountWithCleanup(Host);
    return store;
}
