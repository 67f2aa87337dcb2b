"""kasirctl as a tool: what TAB offers, what is watched, what its doctor finds."""
from harness import Shop, expect, scenario
from test_kasirctl import ctl, of, shop_with_sales


@scenario("TAB offers the shop's terminals and its newest transactions")
def completion():
    with shop_with_sales(3) as shop:
        def offered(*words):
            return of(shop, "completion", "words", "-c", shop.config, *words).stdout.split()
        expect({"front", "back"} <= set(offered("tx", "list", "--terminal", "")), "terminals")
        expect(set(offered("tx", "list", "--terminal", "f")) == {"front"}, "those that fit")
        expect("front/1/3" in offered("tx", "show", "front/"), "transactions")
        expect("back/1/20" not in offered("tx", "show", "front/"), "no other's")
    expect(ctl("completion", "words", "-c", "/nowhere", "tx", "show", "").stdout == "",
           "without a store, nothing")
