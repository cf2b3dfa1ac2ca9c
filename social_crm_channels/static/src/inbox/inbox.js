import { Component, onWillStart, useEffect, useRef, useState, useSubEnv } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useLiveRefresh } from "@social_crm_base/live/live_hook";

import { InboxComposer } from "./composer/composer";
import { InboxHead } from "./head/head";
import { useInboxKeys } from "./inbox_keys";
import { InboxStore } from "./inbox_store";
import { usePaneWidths } from "./pane_widths";
import { InboxPerson } from "./person/person";
import { InboxQueue } from "./queue/queue";
import { InboxShiftNotes } from "./shift/shift_notes";
import { InboxTalk } from "./talk/talk";
import { InboxTogether } from "./together/together";

const QUERY_KEY = "social_crm.inbox.query";

/** The screen people keep open all day: the queue, the talk, and who this is. */
export class Inbox extends Component {
    static template = "social_crm_channels.Inbox";
    static components = {
        InboxComposer,
        InboxHead,
        InboxPerson,
        InboxQueue,
        InboxShiftNotes,
        InboxTalk,
        InboxTogether,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        const services = {
            action: useService("action"),
            dialog: useService("dialog"),
            notification: useService("notification"),
            orm: useService("orm"),
        };
        this.store = useState(InboxStore.make(this.env, services));
        useSubEnv({ inbox: this.store });
        this.root = useRef("root");
        // Back by the breadcrumb, the case is open as it was.
        useSetupAction({ getLocalState: () => ({ caseId: this.store.caseId }) });
        this.widths = usePaneWidths(this.root);
        useInboxKeys(this.store);
        useLiveRefresh({
            resModel: "social.crm.case",
            isBusy: () => false,
            refresh: (ids) => this.store.changed(ids),
        });
        onWillStart(() => {
            // not awaited: skeletons show at once
            this.store.queue.start(this.rememberedQuery);
            const caseId = this.askedCaseId;
            if (caseId) {
                this.store.open(caseId);
            }
        });
        // What is open and asked for is there again after a reload.
        useEffect(
            (caseId) => this.props.updateActionState?.({ case: caseId || undefined }),
            () => [this.store.caseId]
        );
        useEffect(
            (query) => browser.sessionStorage.setItem(QUERY_KEY, query),
            () => [JSON.stringify(this.store.queue.query)]
        );
    }

    showPerson() {
        this.store.isPersonShown = true;
        this.store.pane = "person";
    }

    /** The case that was open before one went elsewhere or reloaded, or that a link asks for. */
    get askedCaseId() {
        const { action, state } = this.props;
        const asked = action.params?.case_id || action.context?.active_id || router.current.case;
        return Number(state ? state.caseId : asked) || null;
    }

    get rememberedQuery() {
        try {
            return JSON.parse(browser.sessionStorage.getItem(QUERY_KEY));
        } catch {
            return null;
        }
    }
}

registry.category("actions").add("social_crm_inbox", Inbox);
