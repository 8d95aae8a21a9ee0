import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { homeItemKey, homeRegisterKey } from '../../lib/naming';
import { homeNameRule } from '../traffic/home-name';
import { assertRules } from '../validation';
import { DRILL_JOURNAL_KEY, DRILL_LOCK_KEY, REGISTER_KEY, RELEASE_KEY, shiftLeaseKey } from './register-keys';

/** Which records of the register a grant is about. */
export interface RegisterRecords {
  /**
   * Homes of an active-active application, each with a record of its own; these are granted and no other.
   * @default - the one record of an application that has no homes
   */
  readonly homes?: readonly string[];
}

/** What a mover may reach. */
export interface RegisterMoveScope extends RegisterRecords {
  /**
   * Regions whose copies it may use, by their agreed name.
   * @default - this Region's alone
   */
  readonly regions?: readonly string[];
}

/** What a Region may do with the register: its own copy, at its own Region's endpoint. */
export interface IRegister {
  readonly tableName: string;
  /** ARN of this Region's copy. */
  readonly tableArn: string;
  /**
   * Lets `grantee` read the register's own records; neither the drill lock, nor a query, nor a scan.
   *
   * @throws HoldfastError `invalid-input` for a home that is none
   */
  grantRead(grantee: IGrantable, records?: RegisterRecords): Grant;
  /**
   * Lets `grantee` move the register, or the given homes, take the drill lock and keep the drill's journal, by conditional
   * writes of those items only; deletes the lock alone.
   *
   * @throws HoldfastError `invalid-input` for a home that is none
   */
  grantMove(grantee: IGrantable, scope?: RegisterMoveScope): Grant;
  /**
   * Lets `grantee` lead releases: it writes the release and the leases of weights by conditional writes, and reads the drill
   * lock and the register.
   */
  grantRelease(grantee: IGrantable, scope: { readonly regions: readonly string[] }): Grant;
  /** Requests of one kind, such as `GetItem`, that DynamoDB failed to serve in this Region: no quorum, no lease. */
  metricSystemErrors(operation: string, options?: MetricOptions): Metric;
}

/** Grants and metrics of this Region's copy, whoever owns the table. */
export abstract class RegisterAccess extends Construct implements IRegister {
  abstract readonly tableName: string;
  abstract readonly tableArn: string;

  grantRead(grantee: IGrantable, records: RegisterRecords = {}): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem'],
      ...itemsOf([this.tableArn], this.keysOf(records)),
    });
  }

  grantMove(grantee: IGrantable, scope: RegisterMoveScope = {}): Grant {
    const lockKeys = ofHomes(DRILL_LOCK_KEY, scope);
    const copies = scope.regions?.map(region => this.copyArn(region)) ?? [this.tableArn];
    const move = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      ...itemsOf(copies, [...this.keysOf(scope), ...lockKeys, ...ofHomes(DRILL_JOURNAL_KEY, scope)]),
    });
    // A move is refused while a release is under way.
    const look = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem'],
      ...itemsOf(copies, [RELEASE_KEY]),
    });
    // A lock is given back; the register is never deleted.
    const release = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:DeleteItem'],
      ...itemsOf(copies, lockKeys),
    });
    return move.combine(look).combine(release);
  }

  grantRelease(grantee: IGrantable, { regions }: { readonly regions: readonly string[] }): Grant {
    const copies = regions.map(region => this.copyArn(region));
    const written = [RELEASE_KEY, ...regions.map(shiftLeaseKey)];
    const read = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:GetItem'],
      ...itemsOf(copies, [...written, DRILL_LOCK_KEY, REGISTER_KEY]),
    });
    const write = Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:PutItem'],
      ...itemsOf(copies, written),
    });
    return read.combine(write);
  }

  metricSystemErrors(operation: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'SystemErrors',
      dimensionsMap: { TableName: this.tableName, Operation: operation },
      statistic: 'Sum',
      ...options,
    }).attachTo(this);
  }

  /** ARN of a copy by its agreed name: no reference leads to another Region (law 3). */
  protected copyArn(region?: string): string {
    return Stack.of(this).formatArn({
      service: 'dynamodb',
      ...(region === undefined ? {} : { region }),
      resource: 'table',
      resourceName: this.tableName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** A name that is a pattern, or empty, would open records that nobody meant. */
  private keysOf({ homes }: RegisterRecords): readonly string[] {
    if (homes === undefined) return [REGISTER_KEY];
    assertRules(`a grant of ${this.node.path}`, [
      homes.length === 0 && {
        path: 'homes',
        received: homes,
        message: 'no home to grant',
        fix: 'name homes, or leave `homes` out for the one record of an application without homes',
      },
      ...homes.map((home, index) => homeNameRule(`homes[${index}]`, home)),
    ]);
    return homes.map(homeRegisterKey);
  }
}

/** The copy of this Region, named and not owned. */
export class NamedRegister extends RegisterAccess {
  readonly tableArn: string;

  constructor(
    scope: Construct,
    id: string,
    readonly tableName: string,
  ) {
    super(scope, id);
    this.tableArn = this.copyArn();
  }
}

/** Keys of what a move has for each home, or has once where there are none. */
const ofHomes = (key: string, { homes }: RegisterRecords): readonly string[] =>
  homes === undefined ? [key] : homes.map(home => homeItemKey(key, home));

/** The items of these keys and no others: whatever else comes to lie in the table is not theirs. */
function itemsOf(resourceArns: string[], keys: readonly string[]) {
  return {
    resourceArns,
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } },
  };
}
