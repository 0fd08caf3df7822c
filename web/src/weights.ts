// The weights that are asked for by hand, and their way there: at once for a slider, smoothly for an expression.

const SECONDS = 0.28;

export class Weights {
  /** As they are now. */
  readonly now = new Map<string, number>();
  private from = new Map<string, number>();
  private to: Map<string, number> | null = null;
  private passed = 0;

  /** Ask for some weights at once; the others stay. A value beyond [0, 1] is clipped. */
  set(weights: Record<string, number>): void {
    this.finish();
    for (const [name, weight] of Object.entries(weights)) this.now.set(name, Math.min(Math.max(weight, 0), 1));
  }

  /** Ask for an expression; what it does not name goes to 0. */
  glide(expression: Record<string, number>, { atOnce = false } = {}): void {
    this.from = new Map(this.now);
    this.to = new Map(Object.entries(expression));
    this.passed = 0;
    if (atOnce) this.finish();
  }

  /** Go on by some seconds; tell whether there is still a way to go. */
  advance(seconds: number): boolean {
    if (!this.to) return false;
    this.passed += seconds / SECONDS;
    const share = Math.min(this.passed, 1);
    const eased = share * share * (3 - 2 * share);
    for (const name of new Set([...this.from.keys(), ...this.to.keys()])) {
      const start = this.from.get(name) ?? 0;
      this.now.set(name, start + eased * ((this.to.get(name) ?? 0) - start));
    }
    if (share === 1) this.to = null;
    return this.to !== null;
  }

  private finish(): void {
    this.passed = 1;
    this.advance(1);
  }
}
