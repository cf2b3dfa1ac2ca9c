import { Component, useSubEnv, xml } from "@odoo/owl";
import { beforeEach, expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { mountWithCleanup, onRpc, mockService } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

import { InboxPerson } from "@social_crm_channels/inbox/person/person";
import { InboxStore } from "@social_crm_channels/inbox/inbox_store";

defineMailModels();
beforeEach(() => browser.localStorage.clear());

const IDENTITY = {
    id: 3, name: "Ana", handle: "ana@example.social", network: "Mastodon", icon: "", avatar: "",
    url: "https://example.social/@ana", followers: 12, state: "active", role: "", role_label: "",
    role_reason: "", role_by: "", consent_label: "Wrote to us",
};
const PARTNER = {
    id: 5, name: "Ana Petrović", company: "", avatar: "", categories: [], relation: "customer",
    relation_label: "Customer", relation_reason: "Last purchase on a day that is locked",
    loyalty: "", loyalty_label: "", loyalty_reason: "",
};
const LOCKED = {
    locked: true,
    kinds: ["Orders", "Addresses"],
    reason: "It is not proven that Ana Petrović is writing here.",
    accounts: [
        {
            id: 3, name: "Ana", link_id: 9, waits: false,
            ways: [{ method: "action_send_code", to: "a***@home.example" }],
        },
    ],
};
const PROVEN = {
    locked: false,
    kinds: ["Orders", "Addresses"],
    orders: [
        {
            id: 1, name: "S00012", date: "3 March", state: "Sales Order", total: "$ 120.00",
            tracking: "PKG-1", text: "Order S00012 of 3 March",
        },
    ],
    invoices: [],
    addresses: [{ id: 5, name: "Ana", text: "Knez Mihailova 7, Beograd" }],
};
const EMPTY = {
    identity: IDENTITY, partner: false, summary: "Not a contact yet", habits: [], notices: [],
    accounts: [], proposals: [], undo: false, disclosure: false, leads: false,
    cases: { rows: [], open: 0, more: 0 }, products: [],
    can: { link: true, contact: true, lead: true, log: true, role: true },
};

let store;

async function mountPane(data) {
    class Around extends Component {
        static template = xml`<InboxPerson/>`;
        static components = { InboxPerson };
        static props = {};
        setup() {
            store = InboxStore.make(this.env, { orm: useService("orm") });
            store.caseId = 7;
            store.data = { person: { ...EMPTY, ...data } };
            useSubEnv({ inbox: store });
        }
    }
    return mountWithCleanup(Around);
}

test("locked data shows why and one click away how to prove it", async () => {
    onRpc("social.crm.case", "inbox_open", ({ args }) => {
        expect.step(`read ${args[1]}`);
        return { person: { ...EMPTY, partner: PARTNER, disclosure: PROVEN } };
    });
    mockService("action", {
        async doActionButton({ resModel, name, resId, onClose }) {
            expect.step(`${resModel} ${name} ${resId}`);
            await onClose();
        },
    });
    await mountPane({ partner: PARTNER, disclosure: LOCKED });
    expect(".o_social_person_locked").toHaveText(/not proven/);
    expect("[data-panel=disclosure]").not.toHaveText(/S00012/);
    await click("button[name=action_send_code]");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["social.crm.identity.link action_send_code 9", "read person,head"]);
    expect(".o_social_person_document").toHaveText(/S00012[\s\S]*PKG-1/);
});

test("an account without a link to the contact is linked first", async () => {
    const accounts = [{ id: 4, name: "Bora", link_id: false, ways: [], waits: false }];
    await mountPane({ partner: PARTNER, disclosure: { ...LOCKED, accounts } });
    expect("[data-panel=disclosure] button[name=connect]").toHaveCount(1);
    expect("[data-panel=disclosure] button[name=action_send_code]").toHaveCount(0);
});

test("a code that was sent can be entered", async () => {
    await mountPane({
        partner: PARTNER,
        disclosure: { ...LOCKED, accounts: [{ ...LOCKED.accounts[0], waits: true }] },
    });
    expect("button[name=enter]").toHaveCount(1);
});

test("proven data goes into the answer, and a phone shows the talk then", async () => {
    await mountPane({ partner: PARTNER, disclosure: PROVEN });
    store.pane = "person";
    store.bus.addEventListener("insert-text", ({ detail }) => expect.step(detail.text));
    await click(".o_social_person_document button[name=insert]");
    await click(".o_social_person_address button[name=insert]");
    expect.verifySteps(["Order S00012 of 3 March", "Knez Mihailova 7, Beograd"]);
    expect(store.pane).toBe("talk");
});

test("a proposal is decided here, once however often one clicks, and taken back", async () => {
    const proposal = {
        id: 11, partner: { id: 5, name: "Ana Petrović" }, facts: "a@home.example",
        evidence: "The name is the same.", percent: 40, later: "",
    };
    const undo = { id: 11, text: "Linked to Ana Petrović", by: "Marc", evidence: "" };
    let answer;
    onRpc("social.crm.identity.link", "action_confirm", ({ args }) => {
        expect.step(`yes ${args[0]}`);
        return new Promise((resolve) => (answer = resolve));
    });
    onRpc("social.crm.identity.link", "action_undo", ({ args }) => {
        expect.step(`undo ${args[0]}`);
        return true;
    });
    onRpc("social.crm.case", "inbox_open", () => ({ person: { ...EMPTY, undo } }));
    await mountPane({ proposals: [proposal] });
    expect(".o_social_person_evidence").toHaveText("The name is the same.");
    await click("button[name=yes]");
    await animationFrame();
    expect("button[name=yes]").not.toBeEnabled();
    answer(true);
    await animationFrame();
    await animationFrame();
    expect(".o_social_person_undo").toHaveText(/Linked to Ana Petrović \(Marc\)/);
    await click("button[name=undo]");
    await animationFrame();
    expect.verifySteps(["yes 11", "undo 11"]);
});

test("who may change nothing is offered nothing", async () => {
    const can = { link: false, contact: false, lead: false, log: false, role: false };
    const proposal = {
        id: 11, partner: { id: 5, name: "Ana" }, facts: "", evidence: "", percent: 40, later: "",
    };
    await mountPane({ can, proposals: [proposal] });
    expect(queryAllTexts("[role=toolbar] button")).toEqual(["Open full form"]);
    expect("button[name=yes]").toHaveCount(0);
});

test("a panel stays as its user left it, by keyboard too", async () => {
    const cases = {
        rows: [{ id: 8, name: "Other", state: "open", state_label: "Open", user: "", last_date: "" }],
        open: 1,
        more: 0,
    };
    await mountPane({ cases });
    const head = "[data-panel=cases] h3 button";
    expect(head).toHaveAttribute("aria-expanded", "true");
    queryFirst(head).focus();
    await press("Enter");
    await animationFrame();
    expect(head).toHaveAttribute("aria-expanded", "false");
    expect("[data-panel=cases] li").toHaveCount(0);
    await mountPane({ cases });
    expect("[data-panel=cases] li").toHaveCount(0);
});

test("the journey is asked for only when unfolded", async () => {
    onRpc("social.crm.journey", "get_page", ({ args, kwargs }) => {
        expect.step(`${args} limit ${kwargs.limit}`);
        return { entries: [], cursor: false, notice: "Orders are not shown." };
    });
    await mountPane({});
    expect.verifySteps([]);
    await click("[data-panel=journey] h3 button");
    await animationFrame();
    expect.verifySteps(["social.crm.case,7 limit 5"]);
    expect("[data-panel=journey]").toHaveText(/Orders are not shown/);
});

test("of nobody there is still a pane", async () => {
    await mountPane({ identity: false, can: { ...EMPTY.can, link: false, contact: false } });
    expect("h2").toHaveText("Nobody known");
});

test("each button about the person does its own, and the pane is read anew", async () => {
    onRpc("social.crm.case", "inbox_open", () => ({ person: EMPTY }));
    mockService("action", {
        async doActionButton({ resModel, name, resId, onClose }) {
            expect.step(`${resModel} ${name} ${resId}`);
            await onClose();
        },
        async doAction(action, { props, onClose } = {}) {
            expect.step(props ? `role of ${props.resId}` : `${action.res_model} ${action.res_id}`);
            await onClose?.();
        },
    });
    await mountPane({ can: { link: true, contact: true, lead: true, log: true, role: true } });
    for (const name of ["Link to a contact", "Create contact", "Create lead", "Log interaction", "Set role", "Open full form"]) {
        await click(`.o_social_person button:contains(${name})`);
        await animationFrame();
        await animationFrame();
    }
    expect.verifySteps([
        "social.crm.identity action_connect 3",
        "social.crm.case action_inbox_create_contact 7",
        "social.crm.case action_create_lead 7",
        "social.crm.case action_inbox_log 7",
        "role of 3",
        "social.crm.case action_inbox_open_person 7",
    ]);
});
