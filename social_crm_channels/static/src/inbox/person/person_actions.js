import { useComponent } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const CASE = "social.crm.case";
const ROLE_ACTION = "social_crm_channels.social_crm_identity_role_action";

/**
 * What one can do about the person from here. Dialogues leave the inbox where it is; afterwards
 * the pane is read anew.
 */
export function usePersonActions() {
    const { env } = useComponent();
    const orm = useService("orm");
    const action = useService("action");
    const store = env.inbox;
    const reload = () => store.reload(["person", "head"]);
    /** As a button on a form does: what the method returns opens, then the pane is read anew. */
    const press = (resModel, name, resId) =>
        action.doActionButton({ type: "object", resModel, name, resId, onClose: reload });

    return {
        connect: () => press("social.crm.identity", "action_connect", store.data.person.identity.id),
        connectAccount: (id) => press("social.crm.identity", "action_connect", id),
        createContact: () => press(CASE, "action_inbox_create_contact", store.caseId),
        createLead: () => press(CASE, "action_create_lead", store.caseId),
        log: () => press(CASE, "action_inbox_log", store.caseId),
        setRole: () =>
            action.doAction(ROLE_ACTION, {
                props: { resId: store.data.person.identity.id },
                onClose: reload,
            }),
        openForm: () => press(CASE, "action_inbox_open_person", store.caseId),
        open: (resModel, resId) =>
            action.doAction({
                type: "ir.actions.act_window",
                res_model: resModel,
                res_id: resId,
                views: [[false, "form"]],
            }),
        /** Decide on a link: yes, no, later, undo. */
        decide: async (id, method) => {
            await orm.call("social.crm.identity.link", method, [[id]]);
            await reload();
        },
        /** Send a code, or enter the one that was sent: the dialogue that asks for it opens. */
        prove: (linkId, method) => press("social.crm.identity.link", method, linkId),
        insert: (text) => {
            store.pane = "talk";
            store.bus.trigger("insert-text", { text });
        },
    };
}
