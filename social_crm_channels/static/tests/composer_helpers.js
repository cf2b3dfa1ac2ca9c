import { expect } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { EventBus, reactive } from "@odoo/owl";
import { makeMockEnv, mockService, mountWithCleanup } from "@web/../tests/web_test_helpers";

import { InboxComposer } from "@social_crm_channels/inbox/composer/composer";

export const PUBLIC = {
    id: 1,
    label: "Comment thread · Shop",
    is_public: true,
    can_reply: true,
    reason: "",
    deadline: "",
    private_deadline: "",
    modes: ["free_text", "private_reply"],
    parent: { id: 11, who: "Ana", text: "Where is my parcel?" },
    slot: null,
    customer: "Ana",
    files: { count: 2, size: 0, types: [], alt: true },
    templates: [],
    rules: [],
    protocol: "",
    protocols: [],
};
export const HELD = { id: 9, outbox_id: 9, state: "held", seconds: 10, text: "Hello", case_id: 7 };

export function section(values = {}) {
    return {
        can_write: true,
        can_override: false,
        places: [PUBLIC],
        place_id: 1,
        draft: null,
        held: [],
        by_hand: [],
        order_patterns: [],
        ...values,
    };
}

/** The composer over a store whose server answers with `answers[method](...args)`. */
export async function mountComposer(values = {}, answers = {}) {
    const call = async (model, method, [ids, ...args]) => {
        if (!["inbox_measure", "inbox_draft"].includes(method)) {
            const words = args.map((arg) => arg?.body ?? arg).join(" ");
            expect.step(`${method} ${ids} ${words}`.trim());
        } else if (method === "inbox_draft") {
            expect.step(`draft ${ids} ${args[0].body || "nothing"}`);
        }
        const measured = { used: 0, limit: 100, simple: true, findings: [], brand: [], missing: [] };
        const answer = answers[method];
        return answer ? answer(...args) : method === "inbox_measure" ? measured : {};
    };
    const orm = { call, silent: { call } };
    mockService("orm", orm);
    const env = await makeMockEnv();
    const store = reactive({
        caseId: 7,
        pane: "talk",
        bus: new EventBus(),
        data: { composer: section(values) },
        services: { orm },
        call: (method, args = []) => call("social.crm.case", method, [[store.caseId], ...args]),
        async changed() {},
        async reload() {},
        async open(caseId) {
            expect.step(`open ${caseId}`);
        },
    });
    const inboxEnv = Object.assign(Object.create(env), { inbox: store });
    await mountWithCleanup(InboxComposer, { env: inboxEnv });
    await animationFrame();
    return store;
}

/** Type an answer. */
export async function write(words) {
    await click(".o_social_text");
    await edit(words);
    await animationFrame();
}
