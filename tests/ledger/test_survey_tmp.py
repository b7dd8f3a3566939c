import random, collections
import test_invariants as ti
from django.db import transaction
from karnameh.plumbing.public import Refusal
import pytest
N=int(__import__("os").environ.get("N","30"))
@pytest.mark.parametrize("deeds", [ti.POSTS+ti.UNDOINGS+ti.TIMES, ti.POSTS*2+ti.UNDOINGS+ti.REORGANISATIONS+ti.TIMES, ("post","post","fold","move_anywhere","merge_provinces","merge_counties","rehome")], ids=["quiet","reorg","levels"])
def test_survey(world, deeds):
    found=collections.OrderedDict(); bad=collections.Counter(); total=0
    orig=ti.History.compare
    for seed in range(N):
        r=random.Random(seed)
        steps=[ti.Step(r.choice(deeds), r.randrange(41), r.randrange(41), r.randrange(41)) for _ in range(r.randrange(3,15))]
        asked=[ti.Asked(r.choice(["unit","unit","place"]), r.randrange(41), r.randrange(len(ti.PERIODS)), r.choice(ti.BY), r.random()<.5, r.random()<.5) for _ in range(8)]
        with transaction.atomic():
            h=ti.History(world)
            def cmp(when):
                nonlocal total
                for one in asked:
                    total+=1
                    try: orig(h, one, when)
                    except AssertionError as e:
                        k=(when, one.axis, one.by, "then" if one.then else "now", "narrow" if one.narrow else "")
                        bad[k]+=1
                        found.setdefault(k,(seed,steps,one,str(e)[:1500]))
            try:
                for s in steps: h.do(s)
            except BaseException as e:
                k=("DEED",type(e).__name__,str(e)[:120]); bad[k]+=1
                found.setdefault(k,(seed,steps,s,""))
                transaction.set_rollback(True)
                continue
            cmp("before"); h._moment()
            from karnameh.ledger.public import fold_all
            fold_all(); cmp("after")
            if ti.findings(): bad["check after fold"]+=1; found.setdefault("check after fold",(seed,steps,None,str(ti.findings()[:3])))
            if not h.settled:
                h._rehome(); cmp("rehomed")
                if ti.findings(): bad["check rehomed"]+=1; found.setdefault("check rehomed",(seed,steps,None,str(ti.findings()[:3])))
            transaction.set_rollback(True)
    print("\n=====",total)
    for k,n in bad.most_common(): print(n,k)
    for k,(seed,steps,one,e) in found.items():
        print("--",k,"seed",seed,"\n   ", [ (s.deed,s.a,s.b,s.c) for s in steps],"\n   ",one,"\n   ",e[:900])
