"""What a manifest says of a run before anybody knows how it ends."""

from creditstorm.adapters.provenance import provenance, provenance_of_loaded
from creditstorm.record.manifest import Ended, Ending, Manifest, Mode
from creditstorm.scenario.model import Scenario


def manifest_of(scenario: Scenario, run_id: str, mode: Mode) -> Manifest:
    """The manifest of a run of this scenario, made here and now by one load process; nobody was planned yet."""
    here = provenance() if mode is Mode.LIVE else provenance_of_loaded()
    return Manifest(
        run_id=run_id,
        scenario_id=scenario.id,
        policy=scenario.system.policy.name,
        seed=scenario.seed,
        created=here.created,
        versions=here.versions,
        git=here.git,
        host=here.host,
        clock=here.clock,
        processes=1,
        planned=0,
        duration_s=scenario.load.duration_s,
        ended=Ended(Ending.RUNNING),
        mode=mode,
    )
