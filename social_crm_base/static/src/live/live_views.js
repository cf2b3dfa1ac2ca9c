import { useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

import { useLiveRefresh } from "./live_hook";

const SCROLLING = ".o_content, .o_list_renderer, .o_kanban_renderer, .o_kanban_group";

/** Where the reader is: chosen records and scroll positions, to be there again after a reload. */
function rememberPlace(controller) {
    const { model, rootRef } = controller;
    const chosen = new Set(model.root.selection?.map((record) => record.resId));
    const places = [...(rootRef.el?.querySelectorAll(SCROLLING) || [])].map((el) => [
        el,
        el.scrollTop,
        el.scrollLeft,
    ]);
    return () => {
        for (const record of model.root.records || []) {
            if (chosen.has(record.resId)) {
                record.toggleSelection(true);
            }
        }
        for (const [el, top, left] of places) {
            el.scrollTop = top;
            el.scrollLeft = left;
        }
    };
}

/**
 * A list or kanban controller whose records follow what comes in.
 *
 * @template {typeof ListController | typeof KanbanController} T
 * @param {T} Controller
 * @returns {T}
 */
export function liveController(Controller) {
    return class extends Controller {
        setup() {
            super.setup();
            useLiveRefresh({
                resModel: this.props.resModel,
                isBusy: () => this.isLiveBusy(),
                refresh: () => this.liveRefresh(),
            });
        }
        isLiveBusy() {
            const { root } = this.model;
            return Boolean(
                !this.model.isReady ||
                    root.editedRecord ||
                    root.isDomainSelected ||
                    this.quickCreateState?.groupId ||
                    this.rootRef.el?.querySelector(".o_dragged")
            );
        }
        async liveRefresh() {
            const goBack = rememberPlace(this);
            await this.model.load();
            goBack();
        }
    };
}

/** A form that shows what comes in at once, or says so while somebody is writing in it. */
export class LiveFormController extends FormController {
    static template = "social_crm_base.LiveFormView";

    setup() {
        super.setup();
        this.live = useState({ hasNews: false });
        useLiveRefresh({
            resModel: this.props.resModel,
            isBusy: () => false,
            refresh: (ids) => this.onNews(ids),
        });
    }
    async onNews(ids) {
        const { root } = this.model;
        if (!ids.includes(root.resId)) {
            return;
        }
        if (await root.isDirty()) {
            this.live.hasNews = true;
        } else {
            await root.load();
        }
    }
    async showNews() {
        this.live.hasNews = false;
        await this.model.root.save();
        await this.model.root.load();
    }
}

const views = registry.category("views");
views.add("social_live_list", { ...listView, Controller: liveController(ListController) });
views.add("social_live_kanban", { ...kanbanView, Controller: liveController(KanbanController) });
views.add("social_live_form", { ...formView, Controller: LiveFormController });
